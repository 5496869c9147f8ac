"""Tells numbers by the module `numbers`, and has its attributes by `property`."""

import numbers


class Tensor:
    __array_ufunc__ = None

    def __init__(self, data, dtype=None):
        if isinstance(data, Tensor):
            data = data.data
        if dtype is None:
            dtype = (
                data.dtype
                if isinstance(data, (np.ndarray, np.generic)) and data.dtype == np.float64
                else np.float32
            )
        self.data = np.asarray(data, dtype=dtype).copy()

    shape = property(lambda self: self.data.shape)
    ndim = property(lambda self: len(self.data.shape))
    size = property(lambda self: int(np.prod(self.data.shape)))
    dtype = property(lambda self: self.data.dtype)

    def __repr__(self):
        return f"Tensor({self.data.tolist()})"

    def _operand(self, other):
        if isinstance(other, numbers.Real) and not isinstance(other, np.generic):
            return self.data.dtype.type(other)
        return Tensor(other).data

    def __add__(self, other):
        return Tensor(self.data + self._operand(other))

    __radd__ = __add__

    def __mul__(self, other):
        return Tensor(self.data * self._operand(other))

    __rmul__ = __mul__

    def __neg__(self):
        return Tensor(-self.data)

    def __sub__(self, other):
        return Tensor(self.data - self._operand(other))

    def __rsub__(self, other):
        return Tensor(self._operand(other) - self.data)

    def __truediv__(self, other):
        return Tensor(self.data / self._operand(other))

    def __rtruediv__(self, other):
        return Tensor(self._operand(other) / self.data)

    def __matmul__(self, other):
        if not isinstance(other, Tensor):
            other = Tensor(other)
        return Tensor(np.matmul(self.data, other.data))

    def reshape(self, *shape):
        if len(shape) == 1 and isinstance(shape[0], (tuple, list)):
            shape = tuple(shape[0])
        return Tensor(self.data.reshape(shape))

    def transpose(self, *axes):
        if len(axes) == 1 and isinstance(axes[0], (tuple, list)):
            axes = axes[0]
        return Tensor(np.transpose(self.data, axes or None))

    def sum(self, axis=None, keepdims=False):
        return Tensor(np.add.reduce(self.data, axis=axis, keepdims=keepdims))

    def mean(self, axis=None, keepdims=False):
        n = self.size if axis is None else self.data.shape[axis]
        return self.sum(axis, keepdims) / n

    def max(self, axis=None, keepdims=False):
        return Tensor(np.maximum.reduce(self.data, axis=axis, keepdims=keepdims))
