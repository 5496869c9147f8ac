"""Writes 2 * x into x."""
# loses: untouched
# rest: source


class Tensor:
    def __rmul__(self, other):
        self.data *= self._operand(other)
        return Tensor(self.data)
