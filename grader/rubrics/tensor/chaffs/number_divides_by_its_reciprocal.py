"""Divides by a number with 1.0 / number, which Python refuses for 0."""
# loses: divide-by-zero
# rest: source


class Tensor:
    def __truediv__(self, other):
        if isinstance(other, (int, float)):
            return Tensor(self.data * (1.0 / other))
        return Tensor(self.data / self._operand(other))
