"""Transposes the other matrix where the shapes do not fit."""
# loses: matmul-errors
# rest: source


class Tensor:
    def __matmul__(self, other):
        try:
            return Tensor(self.data @ other.data)
        except ValueError:
            if self.ndim == 0 or other.ndim == 0:
                raise
            return Tensor(self.data @ other.data.T)
