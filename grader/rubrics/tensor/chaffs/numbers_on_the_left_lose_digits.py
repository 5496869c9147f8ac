"""Takes a number on the left for a float32."""
# loses: number-dtype
# rest: source


class Tensor:
    def __rsub__(self, other):
        other = np.float32(other) if isinstance(other, float) else self._operand(other)
        return Tensor(other - self.data)
