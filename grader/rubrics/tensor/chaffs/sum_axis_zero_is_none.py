"""Takes axis 0 for no axis."""
# loses: sum reductions
# rest: source


class Tensor:
    def sum(self, axis=None, keepdims=False):
        if axis:
            return Tensor(self.data.sum(axis=axis, keepdims=keepdims))
        return Tensor(self.data.sum(keepdims=keepdims))
