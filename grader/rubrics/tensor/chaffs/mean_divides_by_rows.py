"""Divides by the number of rows whatever the axis."""
# loses: mean
# rest: source


class Tensor:
    def mean(self, axis=None, keepdims=False):
        return Tensor(self.data.sum(axis=axis, keepdims=keepdims) / len(self.data))
