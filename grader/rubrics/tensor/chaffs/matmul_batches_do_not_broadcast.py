"""Asks for equally many axes."""
# loses: matmul-batches
# rest: source


class Tensor:
    def __matmul__(self, other):
        if max(self.ndim, other.ndim) > 2 and self.shape[:-2] != other.shape[:-2]:
            raise ValueError("batches of equal length, please")
        return Tensor(self.data @ other.data)
