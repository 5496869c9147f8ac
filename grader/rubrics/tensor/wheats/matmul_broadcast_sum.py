"""The matrix product as a broadcast product and a sum, and as dot where there are no batches."""
# rest: source


class Tensor:
    def __matmul__(self, other):
        if not self.ndim or not other.ndim:
            raise ValueError("@ needs vectors or matrices")
        if self.ndim <= 2 and other.ndim <= 2:
            return Tensor(np.dot(self.data, other.data))
        y = other.data if other.ndim > 1 else other.data[:, None]
        if self.shape[-1] != y.shape[-2]:
            raise ValueError("inner lengths differ")
        x = self.data if self.ndim > 1 else self.data[None, :]
        out = (x[..., :, :, None] * y[..., None, :, :]).sum(axis=-2)
        if other.ndim == 1:
            out = out[..., 0]
        if self.ndim == 1:
            out = out[..., 0, :]
        return Tensor(out)
