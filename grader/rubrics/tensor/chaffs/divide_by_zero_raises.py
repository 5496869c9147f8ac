"""Raises where it divides by zero."""
# loses: divide-by-zero
# rest: source


class Tensor:
    def __truediv__(self, other):
        other = self._operand(other)
        if np.any(np.asarray(other) == 0):
            raise ZeroDivisionError("division by zero")
        return Tensor(self.data / other)
