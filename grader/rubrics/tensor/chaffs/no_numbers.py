"""Takes only Tensors, arrays and lists as operands."""
# loses: number-right number-left number-dtype
# rest: source


class Tensor:
    def _operand(self, other):
        if isinstance(other, (int, float)):
            raise TypeError("make it a Tensor first")
        return Tensor(other).data
