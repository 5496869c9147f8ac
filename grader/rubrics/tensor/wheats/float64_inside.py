"""A Tensor that computes in float64 whatever it holds, and rounds at the end."""
# rest: source


class Tensor:
    def _calculate(self, function, other):
        if isinstance(other, (int, float)):
            dtype = self.dtype
        else:
            other = Tensor(other)
            dtype = np.promote_types(self.dtype, other.dtype)
            other = other.data.astype(np.float64)
        return Tensor(function(self.data.astype(np.float64), other), dtype=dtype)

    def __add__(self, other):
        return self._calculate(np.add, other)

    def __sub__(self, other):
        return self._calculate(np.subtract, other)

    def __mul__(self, other):
        return self._calculate(np.multiply, other)

    def __truediv__(self, other):
        return self._calculate(np.divide, other)

    def __radd__(self, other):
        return self + other

    def __rmul__(self, other):
        return self * other

    def __rsub__(self, other):
        return self._calculate(lambda a, b: b - a, other)

    def __rtruediv__(self, other):
        return self._calculate(lambda a, b: b / a, other)

    def __matmul__(self, other):
        return self._calculate(np.matmul, other)

    def sum(self, axis=None, keepdims=False):
        total = self.data.sum(axis=axis, keepdims=keepdims, dtype=np.float64)
        return Tensor(total, dtype=self.dtype)

    def mean(self, axis=None, keepdims=False):
        count = self.size if axis is None else self.shape[axis]
        total = self.data.sum(axis=axis, keepdims=keepdims, dtype=np.float64)
        return Tensor(total * (1 / count), dtype=self.dtype)
