"""Ignores keepdims."""
# loses: keepdims
# rest: source


class Tensor:
    def sum(self, axis=None, keepdims=False):
        return Tensor(self.data.sum(axis=axis))

    def mean(self, axis=None, keepdims=False):
        return Tensor(self.data.mean(axis=axis))
