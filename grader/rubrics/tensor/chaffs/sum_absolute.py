"""Sums absolute values."""
# loses: sum reductions
# rest: source


class Tensor:
    def sum(self, axis=None, keepdims=False):
        return Tensor(np.abs(self.data).sum(axis=axis, keepdims=keepdims))
