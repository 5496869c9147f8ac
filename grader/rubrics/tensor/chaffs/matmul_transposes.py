"""Multiplies by the rows of the other matrix."""
# loses: matmul
# rest: source


class Tensor:
    def __matmul__(self, other):
        if self.ndim == other.ndim == 2:
            return Tensor(self.data @ other.data.T)
        return Tensor(self.data @ other.data)
