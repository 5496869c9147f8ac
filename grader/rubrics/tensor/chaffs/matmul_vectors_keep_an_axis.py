"""Leaves an axis of length 1 where there was a vector."""
# loses: matmul-vectors
# rest: source


class Tensor:
    def __matmul__(self, other):
        if self.ndim == 0 or other.ndim == 0:
            raise ValueError("a single number is no matrix")
        y = other.data if other.ndim > 1 else other.data[:, None]
        x = self.data if self.ndim > 1 else self.data[None, :]
        return Tensor(x @ y)
