"""Adds twice where the shapes are equal."""
# loses: add arithmetic array-arithmetic
# rest: source


class Tensor:
    def __add__(self, other):
        other = self._operand(other)
        return Tensor(self.data + other + (other if np.shape(other) == self.shape else 0))
