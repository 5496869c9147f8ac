"""A Tensor that is itself a NumPy array."""


class Tensor(np.ndarray):
    def __new__(cls, data, dtype=None):
        if dtype is None:
            knows = isinstance(data, (np.ndarray, np.generic)) and data.dtype == np.float64
            dtype = np.float64 if knows else np.float32
        return np.array(data, dtype=dtype).view(cls)

    @property
    def data(self):
        return self.view(np.ndarray)

    def __array_ufunc__(self, ufunc, method, *inputs, **options):
        plain = [x if isinstance(x, (int, float)) else np.asarray(Tensor(x).data) for x in inputs]
        return Tensor(getattr(ufunc, method)(*plain, **options))

    def sum(self, axis=None, keepdims=False):
        return Tensor(self.data.sum(axis=axis, keepdims=keepdims))

    def mean(self, axis=None, keepdims=False):
        return Tensor(self.data.mean(axis=axis, keepdims=keepdims))

    def max(self, axis=None, keepdims=False):
        return Tensor(self.data.max(axis=axis, keepdims=keepdims))
