"""A Tensor as a dataclass that settles its fields after it is made."""

from dataclasses import dataclass


@dataclass(eq=False)
class Tensor:
    data: object
    dtype: object = None
    __array_priority__ = 5

    def __post_init__(self):
        source = self.data.data if isinstance(self.data, Tensor) else self.data
        if self.dtype is None:
            is_double = str(getattr(source, "dtype", "")) == "float64"
            self.dtype = np.float64 if is_double else np.float32
        self.dtype = np.dtype(self.dtype)
        self.data = np.array(source, dtype=self.dtype)
        self.shape, self.size, self.ndim = self.data.shape, self.data.size, self.data.ndim

    def _lift(self, other):
        if isinstance(other, (int, float)):
            return Tensor(other, self.dtype)
        return Tensor(other)

    def __add__(self, other):
        return Tensor(self.data + self._lift(other).data)

    def __sub__(self, other):
        return Tensor(self.data - self._lift(other).data)

    def __mul__(self, other):
        return Tensor(self.data * self._lift(other).data)

    def __truediv__(self, other):
        return Tensor(self.data / self._lift(other).data)

    def __radd__(self, other):
        return self._lift(other).__add__(self)

    def __rsub__(self, other):
        return self._lift(other).__sub__(self)

    def __rmul__(self, other):
        return self._lift(other).__mul__(self)

    def __rtruediv__(self, other):
        return self._lift(other).__truediv__(self)

    def __neg__(self):
        return Tensor(0, self.dtype) - self

    def __matmul__(self, other):
        return Tensor(self.data.__matmul__(other.data))

    def reshape(self, *shape):
        return Tensor(self.data.ravel().reshape(*shape))

    def transpose(self, *axes):
        axes = axes or tuple(reversed(range(self.ndim)))
        return Tensor(np.moveaxis(self.data, axes, range(self.ndim)))

    def sum(self, axis=None, keepdims=False):
        return Tensor(self.data.sum(axis=axis, keepdims=keepdims), self.dtype)

    def mean(self, axis=None, keepdims=False):
        return Tensor(self.data.mean(axis=axis, keepdims=keepdims), self.dtype)

    def max(self, axis=None, keepdims=False):
        return Tensor(self.data.max(axis=axis, keepdims=keepdims), self.dtype)
