"""Makes a float64 array of every number."""
# loses: number-dtype
# rest: source


class Tensor:
    def _operand(self, other):
        if isinstance(other, (int, float)):
            return np.array(other, dtype=np.float64)
        return Tensor(other).data
