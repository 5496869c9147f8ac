"""Broadcasts the other operand to its own shape, and not itself."""
# loses: broadcasts
# rest: source


class Tensor:
    def _operand(self, other):
        if isinstance(other, (int, float)):
            return float(other)
        return np.broadcast_to(Tensor(other).data, self.shape)

    def __matmul__(self, other):
        return Tensor(self.data @ other.data)
