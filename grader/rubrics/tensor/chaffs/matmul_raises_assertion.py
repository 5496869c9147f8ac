"""Asserts that the shapes fit."""
# loses: matmul-errors
# rest: source


class Tensor:
    def __matmul__(self, other):
        assert self.shape[-1] == other.shape[-2 if other.ndim > 1 else 0], "shapes do not fit"
        return Tensor(self.data @ other.data)
