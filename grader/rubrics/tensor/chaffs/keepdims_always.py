"""Keeps the axis whatever is asked for."""
# loses: max
# rest: source


class Tensor:
    def max(self, axis=None, keepdims=False):
        return Tensor(self.data.max(axis=axis, keepdims=True))
