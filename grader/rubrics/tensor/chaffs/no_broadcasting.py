"""Asks for equal shapes."""
# loses: broadcasts
# rest: source


class Tensor:
    def _operand(self, other):
        if isinstance(other, (int, float)):
            return float(other)
        other = Tensor(other)
        if self.ndim and other.shape != self.shape and other.ndim < 3 and self.ndim < 3:
            raise ValueError(f"{self.shape} is not {other.shape}")
        return other.data

    def __matmul__(self, other):
        return Tensor(self.data @ other.data)
