"""Raises a RuntimeError where shapes do not fit."""
# loses: arithmetic-errors
# rest: source


class Tensor:
    def __mul__(self, other):
        try:
            return Tensor(self.data * self._operand(other))
        except ValueError as error:
            raise RuntimeError(str(error)) from None
