"""Leaves it to NumPy what a list is beside a Tensor: float64."""
# loses: arithmetic-dtype
# rest: source


class Tensor:
    def _operand(self, other):
        if isinstance(other, (int, float)) and not isinstance(other, np.generic):
            return other
        return np.asarray(other) if isinstance(other, list) else Tensor(other).data
