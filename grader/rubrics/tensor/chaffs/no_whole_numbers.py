"""Takes a float for an operand, but no int."""
# loses: number-right number-left
# rest: source


class Tensor:
    def _operand(self, other):
        if isinstance(other, float):
            return other
        return other.data if isinstance(other, int) else Tensor(other).data
