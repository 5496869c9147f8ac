"""Division as a product with the reciprocal, subtraction as a sum with the negative."""
# rest: source


class Tensor:
    def __sub__(self, other):
        return self + Tensor(-np.asarray(Tensor._operand(self, other)), dtype=self._with(other))

    def _with(self, other):
        return self.dtype if isinstance(other, (int, float)) else Tensor(other).dtype

    def __truediv__(self, other):
        return self * Tensor(1 / np.asarray(self._operand(other), self._with(other)))

    def __rsub__(self, other):
        return -(self - other)

    def __radd__(self, other):
        return self.__add__(other)

    def __rmul__(self, other):
        return self.__mul__(other)
