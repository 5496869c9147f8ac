"""Knows no axis from the end."""
# loses: sum reductions
# rest: source


class Tensor:
    def sum(self, axis=None, keepdims=False):
        if axis is not None and axis < 0:
            raise ValueError("no negative axis, please")
        return Tensor(self.data.sum(axis=axis, keepdims=keepdims))
