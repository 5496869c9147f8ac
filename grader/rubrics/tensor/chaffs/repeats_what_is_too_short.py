"""Repeats an operand that is too short until it fits."""
# loses: arithmetic-errors
# rest: source


class Tensor:
    def _operand(self, other):
        if isinstance(other, (int, float)):
            return float(other)
        other = Tensor(other).data
        try:
            np.broadcast_shapes(self.shape, other.shape)
        except ValueError:
            other = np.resize(other, self.shape)
        return other

    def __matmul__(self, other):
        return Tensor(self.data @ other.data)
