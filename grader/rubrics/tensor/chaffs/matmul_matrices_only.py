"""Asks for two matrices."""
# loses: matmul-vectors matmul-batches
# rest: source


class Tensor:
    def __matmul__(self, other):
        if self.ndim != 2 or other.ndim != 2:
            raise ValueError("two matrices, please")
        return Tensor(self.data @ other.data)
