"""Makes a float32 Tensor of every number."""
# loses: number-dtype
# rest: source


class Tensor:
    def _operand(self, other):
        return Tensor(other).data
