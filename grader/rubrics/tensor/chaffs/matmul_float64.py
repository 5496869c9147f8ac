"""Multiplies in float64, and leaves it at that."""
# loses: matmul-dtype
# rest: source


class Tensor:
    def __matmul__(self, other):
        return Tensor(self.data.astype(np.float64) @ other.data)
