"""Takes an axis that is not there for another."""
# loses: reductions-errors
# rest: source


class Tensor:
    def sum(self, axis=None, keepdims=False):
        if axis is not None:
            axis %= self.ndim
        return Tensor(self.data.sum(axis=axis, keepdims=keepdims))
