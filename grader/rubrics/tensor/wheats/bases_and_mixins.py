"""A Tensor put together from three base classes, which call type(self) for their results."""


class Holder:
    def __init__(self, data, dtype=None):
        array = np.array(getattr(data, "_array", data), dtype=dtype)
        if dtype is None and not (
            array.dtype == np.float64 and isinstance(data, (np.ndarray, np.generic, Holder))
        ):
            array = array.astype(np.float32)
        self._array = array

    @property
    def data(self):
        return self._array

    @data.setter
    def data(self, array):
        self._array = np.array(array)

    def __getattr__(self, name):
        if name in ("shape", "ndim", "size", "dtype"):
            return getattr(self._array, name)
        raise AttributeError(name)


class Operators:
    __array_priority__ = 2

    def _with(self, other, operation, swap=False):
        if isinstance(other, (int, float)):
            other = self.dtype.type(other)
        elif not isinstance(other, Operators):
            other = type(self)(other).data
        else:
            other = other.data
        pair = (other, self.data) if swap else (self.data, other)
        return type(self)(operation(*pair))

    def __add__(self, other):
        return self._with(other, np.add)

    def __radd__(self, other):
        return self._with(other, np.add, swap=True)

    def __sub__(self, other):
        return self._with(other, np.subtract)

    def __rsub__(self, other):
        return self._with(other, np.subtract, swap=True)

    def __mul__(self, other):
        return self._with(other, np.multiply)

    def __rmul__(self, other):
        return self._with(other, np.multiply, swap=True)

    def __truediv__(self, other):
        return self._with(other, np.divide)

    def __rtruediv__(self, other):
        return self._with(other, np.divide, swap=True)

    def __matmul__(self, other):
        return self._with(other, np.matmul)

    def __neg__(self):
        return type(self)(-self.data)


class Forms:
    def reshape(self, *shape):
        return type(self)(np.reshape(self.data, shape[0] if len(shape) == 1 else shape))

    def transpose(self, *axes):
        return type(self)(np.permute_dims(self.data, axes or range(self.ndim)[::-1]))

    def sum(self, axis=None, **options):
        return type(self)(self.data.sum(axis, **options))

    def mean(self, axis=None, **options):
        return type(self)(self.data.mean(axis, **options))

    def max(self, axis=None, **options):
        return type(self)(self.data.max(axis, **options))


class Tensor(Holder, Operators, Forms):
    pass
