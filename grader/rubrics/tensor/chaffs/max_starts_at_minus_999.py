"""Begins with a number that is not small enough."""
# loses: max
# rest: source


class Tensor:
    def max(self, axis=None, keepdims=False):
        return Tensor(self.data.max(axis=axis, keepdims=keepdims, initial=-999))
