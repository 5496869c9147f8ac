"""Takes a float for an operand, but no int."""
# loses: number-right number-left
# rest: source


class Tensor:
    def _operand(self, other):
        if isinstance(other, float):
            return other
        return (
            (other if isinstance(other, Tensor) else Tensor(np.array(other, float))).data
            if not isinstance(other, int)
            else other.data
        )
