"""Multiplies by a number element by element, which a single number has none of."""
# loses: number-right
# rest: source


class Tensor:
    def __mul__(self, other):
        if isinstance(other, (int, float)):
            return Tensor(np.array([value * other for value in self.data], dtype=self.dtype))
        return Tensor(self.data * self._operand(other))

    def __rmul__(self, other):
        return Tensor(self._operand(other) * self.data)
