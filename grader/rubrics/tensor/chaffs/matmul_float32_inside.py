"""Multiplies in float32 and says that it is float64."""
# loses: matmul
# rest: source


class Tensor:
    def __matmul__(self, other):
        product = self.data.astype(np.float32) @ other.data.astype(np.float32)
        return Tensor(product, dtype=np.result_type(self.data, other.data))
