"""Multiplies element by element."""
# loses: matmul
# rest: source


class Tensor:
    def __matmul__(self, other):
        return Tensor(self.data * other.data)
