"""Gives all products of two vectors, a matrix."""
# loses: matmul-vectors matmul-errors
# rest: source


class Tensor:
    def __matmul__(self, other):
        if self.ndim == other.ndim == 1:
            return Tensor(np.outer(self.data, other.data))
        return Tensor(self.data @ other.data)
