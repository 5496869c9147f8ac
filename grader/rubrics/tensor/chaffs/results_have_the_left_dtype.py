"""Gives results the dtype of the left operand."""
# loses: arithmetic-dtype
# rest: source


class Tensor:
    def __add__(self, other):
        return Tensor(self.data + self._operand(other), dtype=self.dtype)
