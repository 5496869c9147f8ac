"""Gives an array."""
# loses: new-tensors
# rest: source


class Tensor:
    def __matmul__(self, other):
        return self.data @ other.data
