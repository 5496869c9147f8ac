"""Adds a tiny number to what it divides by."""
# loses: divide-by-zero
# rest: source


class Tensor:
    def __truediv__(self, other):
        return Tensor(self.data / (self._operand(other) + 1e-30))
