"""Knows no lists as operands."""
# loses: arrays-and-lists
# rest: source


class Tensor:
    def _operand(self, other):
        if isinstance(other, list):
            raise TypeError("a list is no Tensor")
        if isinstance(other, (int, float)):
            return float(other)
        return Tensor(other).data
