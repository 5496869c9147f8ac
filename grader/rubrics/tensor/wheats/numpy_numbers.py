"""A Tensor whose data is one of NumPy's own numbers where no axis is left, with lengths of NumPy's."""


class Tensor:
    __array_priority__ = 1.0

    def __init__(self, data, dtype=None):
        if isinstance(data, Tensor):
            data = data.data
        if dtype is None:
            dtype = getattr(data, "dtype", np.float32)
            if dtype != np.float64:
                dtype = np.float32
        self.data = np.array(data, dtype=dtype)

    @classmethod
    def _of(cls, array):
        made = cls.__new__(cls)
        made.data = array
        return made

    @property
    def shape(self):
        return tuple(np.int64(n) for n in self.data.shape)

    @property
    def ndim(self):
        return len(self.shape)

    @property
    def size(self):
        return np.prod(self.shape, dtype=int)

    @property
    def dtype(self):
        return self.data.dtype

    def _other(self, other):
        if isinstance(other, Tensor):
            return other.data
        if isinstance(other, (int, float)):
            return self.data.dtype.type(other)
        return Tensor(other).data

    def __add__(self, other):
        return self._of(self.data + self._other(other))

    __radd__ = __add__

    def __sub__(self, other):
        return self._of(self.data - self._other(other))

    def __rsub__(self, other):
        return self._of(self._other(other) - self.data)

    def __mul__(self, other):
        return self._of(self.data * self._other(other))

    __rmul__ = __mul__

    def __truediv__(self, other):
        return self._of(self.data / self._other(other))

    def __rtruediv__(self, other):
        return self._of(self._other(other) / self.data)

    def __neg__(self):
        return self._of(-self.data)

    def __matmul__(self, other):
        return self._of(self.data @ self._other(other))

    def reshape(self, *shape):
        return self._of(self.data.reshape(*shape))

    def transpose(self, *axes):
        return self._of(self.data.transpose(*axes))

    def sum(self, axis=None, keepdims=False):
        return self._of(self.data.sum(axis, keepdims=keepdims))

    def mean(self, axis=None, keepdims=False):
        return self._of(self.data.mean(axis, keepdims=keepdims))

    def max(self, axis=None, keepdims=False):
        return self._of(self.data.max(axis, keepdims=keepdims))
