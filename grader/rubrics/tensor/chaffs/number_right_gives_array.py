"""x / 2 is an array."""
# loses: new-tensors
# rest: source


class Tensor:
    def __truediv__(self, other):
        quotient = self.data / self._operand(other)
        return quotient if isinstance(other, (int, float)) else Tensor(quotient)
