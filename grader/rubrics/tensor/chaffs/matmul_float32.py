"""Multiplies in float32."""
# loses: matmul-dtype
# rest: source


class Tensor:
    def __matmul__(self, other):
        return Tensor(self.data.astype(np.float32) @ other.data.astype(np.float32))
