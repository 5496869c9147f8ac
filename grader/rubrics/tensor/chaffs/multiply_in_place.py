"""Multiplies the numbers of the other Tensor by its own."""
# loses: untouched
# rest: source


class Tensor:
    def __mul__(self, other):
        if isinstance(other, Tensor) and other.shape == self.shape and other.dtype == self.dtype:
            other.data *= self.data
            return Tensor(other.data)
        return Tensor(self.data * self._operand(other))
