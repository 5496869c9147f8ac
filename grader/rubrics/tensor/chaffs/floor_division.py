"""Divides to whole numbers."""
# loses: divide divide-by-zero
# rest: source


class Tensor:
    def __truediv__(self, other):
        return Tensor(self.data // self._operand(other))
