"""Rounds all results of arithmetic to float32."""
# loses: arithmetic-dtype number-dtype
# rest: source


class Tensor:
    def __add__(self, other):
        return Tensor(self.data + self._operand(other), dtype=np.float32)

    def __mul__(self, other):
        return Tensor(self.data * self._operand(other), dtype=np.float32)
