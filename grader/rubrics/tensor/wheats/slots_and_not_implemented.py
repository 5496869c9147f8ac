"""A Tensor with slots that returns NotImplemented for what it does not know, and copies by itself."""


class Tensor:
    __slots__ = ("data",)
    __array_priority__ = 10_000
    __hash__ = None

    def __init__(self, data, dtype=None):
        if type(data) is Tensor:
            data = data.data
        known = type(data) is np.ndarray or isinstance(data, np.floating)
        if dtype is None:
            dtype = data.dtype if known and data.dtype.char in "fd" else np.dtype("f")
        array = np.asarray(data, dtype=dtype)
        self.data = array.copy() if array is data or array.base is not None else array

    @property
    def shape(self):
        return np.shape(self.data)

    @property
    def ndim(self):
        return np.ndim(self.data)

    @property
    def size(self):
        return np.size(self.data)

    @property
    def dtype(self):
        return self.data.dtype

    def __eq__(self, other):
        return self.data == getattr(other, "data", other)

    def _take(self, other):
        if isinstance(other, Tensor):
            return other.data
        if isinstance(other, (list, tuple, np.ndarray)):
            return Tensor(other).data
        if np.isscalar(other) and not isinstance(other, str):
            return np.array(other, dtype=self.dtype)
        return NotImplemented

    def __add__(self, other):
        other = self._take(other)
        return NotImplemented if other is NotImplemented else Tensor(self.data + other)

    def __radd__(self, other):
        return self + other

    def __neg__(self):
        return Tensor(np.copysign(self.data, -self.data))

    def __sub__(self, other):
        other = self._take(other)
        return NotImplemented if other is NotImplemented else Tensor(self.data - other)

    def __rsub__(self, other):
        return -(self - other)

    def __mul__(self, other):
        other = self._take(other)
        return NotImplemented if other is NotImplemented else Tensor(self.data * other)

    def __rmul__(self, other):
        return self * other

    def __truediv__(self, other):
        other = self._take(other)
        return NotImplemented if other is NotImplemented else Tensor(self.data / other)

    def __rtruediv__(self, other):
        other = self._take(other)
        return NotImplemented if other is NotImplemented else Tensor(other / self.data)

    def __matmul__(self, other):
        return Tensor(np.matmul(self.data, self._take(other)))

    def reshape(self, *shape):
        copy = self.data.copy()
        copy.shape = shape[0] if isinstance(shape[0], tuple) else shape
        return Tensor(copy)

    def transpose(self, *axes):
        if not axes:
            return Tensor(np.ascontiguousarray(self.data.T).reshape(self.shape[::-1]))
        return Tensor(np.einsum(self.data, list(range(self.ndim)), list(axes)))

    def sum(self, axis=None, *, keepdims=False):
        if axis is None and not keepdims:
            return Tensor(np.einsum(self.data, list(range(self.ndim)), []))
        return Tensor(self.data.sum(axis=axis, keepdims=keepdims))

    def mean(self, axis=None, *, keepdims=False):
        return Tensor(np.average(self.data, axis=axis, keepdims=keepdims))

    def max(self, axis=None, *, keepdims=False):
        return Tensor(-np.min(-self.data, axis=axis, keepdims=keepdims))
