"""Multiplies in the other order."""
# loses: matmul
# rest: source


class Tensor:
    def __matmul__(self, other):
        return Tensor(other.data @ self.data)
