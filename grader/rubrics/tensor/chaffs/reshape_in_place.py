"""Changes its own shape."""
# loses: untouched
# rest: source


class Tensor:
    def reshape(self, *shape):
        self.data = self.data.reshape(*shape)
        return self
