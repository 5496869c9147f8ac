"""Multiplies by single numbers instead of raising."""
# loses: matmul-errors
# rest: source


class Tensor:
    def __matmul__(self, other):
        if self.ndim == 0 or other.ndim == 0:
            return Tensor(self.data * other.data)
        return Tensor(self.data @ other.data)
