"""A Tensor with attributes in place of properties, and functions of NumPy in place of operators."""


class Tensor:
    __array_ufunc__ = None

    def __init__(self, data, dtype=None):
        if isinstance(data, Tensor):
            array = data.data.copy()
        elif isinstance(data, (np.ndarray, np.number)):
            array = np.array(data)
            if array.dtype not in (np.dtype("float32"), np.dtype("float64")):
                array = array.astype("float32")
        else:
            array = np.asarray(data, dtype="float64").astype(dtype or "float32")
        if dtype is not None:
            array = array.astype(dtype)
        self.data = array
        self.shape = array.shape
        self.ndim = array.ndim
        self.size = array.size
        self.dtype = array.dtype

    def __repr__(self):
        return f"Tensor({self.data.tolist()})"

    def _like(self, other):
        if isinstance(other, Tensor):
            return other
        if isinstance(other, (int, float)):
            return Tensor(other, dtype=self.dtype)
        return Tensor(other)

    def __add__(self, other):
        return Tensor(np.add(self.data, self._like(other).data))

    def __radd__(self, other):
        return self._like(other) + self

    def __sub__(self, other):
        return Tensor(np.subtract(self.data, self._like(other).data))

    def __rsub__(self, other):
        return self._like(other) - self

    def __mul__(self, other):
        return Tensor(np.multiply(self.data, self._like(other).data))

    def __rmul__(self, other):
        return self._like(other) * self

    def __truediv__(self, other):
        return Tensor(np.true_divide(self.data, self._like(other).data))

    def __rtruediv__(self, other):
        return self._like(other) / self

    def __neg__(self):
        return Tensor(np.negative(self.data))

    def __matmul__(self, other):
        return Tensor(np.matmul(self.data, other.data))

    def reshape(self, *shape):
        if len(shape) == 1 and not isinstance(shape[0], int):
            shape = tuple(shape[0])
        return Tensor(np.reshape(self.data, shape))

    def transpose(self, *axes):
        return Tensor(np.transpose(self.data, axes or None))

    def sum(self, axis=None, keepdims=False):
        return Tensor(np.sum(self.data, axis=axis, keepdims=keepdims))

    def mean(self, axis=None, keepdims=False):
        return Tensor(np.mean(self.data, axis=axis, keepdims=keepdims))

    def max(self, axis=None, keepdims=False):
        return Tensor(np.amax(self.data, axis=axis, keepdims=keepdims))
