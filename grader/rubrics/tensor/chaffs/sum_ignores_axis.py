"""Sums everything."""
# loses: sum reductions
# rest: source


class Tensor:
    def sum(self, axis=None, keepdims=False):
        return Tensor(self.data.sum(keepdims=keepdims))
