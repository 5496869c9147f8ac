"""Sums along the other axis of a matrix."""
# loses: sum reductions
# rest: source


class Tensor:
    def sum(self, axis=None, keepdims=False):
        if self.ndim == 2 and axis in (0, 1):
            axis = 1 - axis
        return Tensor(self.data.sum(axis=axis, keepdims=keepdims))
