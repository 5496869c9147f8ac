"""Takes the maximum of everything where there is no such axis."""
# loses: reductions-errors
# rest: source


class Tensor:
    def max(self, axis=None, keepdims=False):
        try:
            return Tensor(self.data.max(axis=axis, keepdims=keepdims))
        except ValueError:
            return Tensor(self.data.max(keepdims=keepdims))
