"""Gives an array."""
# loses: new-tensors
# rest: source


class Tensor:
    def reshape(self, *shape):
        return self.data.reshape(*shape)
