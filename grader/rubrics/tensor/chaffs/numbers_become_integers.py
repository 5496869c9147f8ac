"""Cuts numbers to whole numbers."""
# loses: number-right number-left number-dtype
# rest: source


class Tensor:
    def _operand(self, other):
        if isinstance(other, (int, float)):
            return int(other)
        return Tensor(other).data
