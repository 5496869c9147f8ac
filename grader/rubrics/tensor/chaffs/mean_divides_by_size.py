"""Divides by the number of all elements also along an axis."""
# loses: mean
# rest: source


class Tensor:
    def mean(self, axis=None, keepdims=False):
        return Tensor(self.data.sum(axis=axis, keepdims=keepdims) / self.size)
