"""Gives arrays where Tensors should come out of arithmetic."""
# loses: new-tensors
# rest: source


class Tensor:
    def __add__(self, other):
        return self.data + self._operand(other)

    def __sub__(self, other):
        return self.data - self._operand(other)

    def __mul__(self, other):
        return self.data * self._operand(other)

    def __truediv__(self, other):
        return self.data / self._operand(other)
