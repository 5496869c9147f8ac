"""Divides sums to whole numbers."""
# loses: mean
# rest: source


class Tensor:
    def mean(self, axis=None, keepdims=False):
        n = self.size if axis is None else self.shape[axis]
        return Tensor(self.data.sum(axis=axis, keepdims=keepdims) // n)
