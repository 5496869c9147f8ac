"""A Tensor that keeps a flat Python list and a shape, and makes an array when it is asked for one."""

import itertools
import math


def flatten(data):
    if isinstance(data, (list, tuple)):
        parts = [flatten(item) for item in data]
        shapes = {shape for shape, _ in parts}
        if len(shapes) > 1:
            raise ValueError(f"rows of different shapes: {sorted(shapes)}")
        return (len(parts), *shapes.pop()), [v for _, values in parts for v in values]
    if isinstance(data, str):
        raise TypeError("a Tensor holds numbers, not text")
    return (), [float(data)]


def strides_of(shape, wanted):
    found = []
    step = 1
    for length in reversed(shape):
        found.append(0 if length == 1 else step)
        step *= length
    return [0] * (len(wanted) - len(shape)) + found[::-1]


def common(one, other):
    lengths = []
    for a, b in itertools.zip_longest(reversed(one), reversed(other), fillvalue=1):
        if a != b and 1 not in (a, b):
            raise ValueError(f"shapes {one} and {other} do not fit")
        lengths.append(b if a == 1 else a)
    return tuple(lengths[::-1])


class Tensor:
    __array_priority__ = 9.0

    def __init__(self, data, dtype=None):
        if isinstance(data, Tensor):
            self.shape, self._values = data.shape, data._values[:]
            self.dtype = np.dtype(dtype or data.dtype)
        elif isinstance(data, (np.ndarray, np.generic)):
            self.shape, self._values = data.shape, [float(v) for v in data.ravel()]
            self.dtype = np.dtype(dtype or (np.float64 if data.dtype == np.float64 else np.float32))
        else:
            self.shape, self._values = flatten(data)
            self.dtype = np.dtype(dtype or np.float32)
        if self.dtype == np.float32:
            self._values = [float(np.float32(v)) for v in self._values]

    @property
    def data(self):
        return np.array(self._values, dtype=self.dtype).reshape(self.shape)

    @property
    def ndim(self):
        return len(self.shape)

    @property
    def size(self):
        return math.prod(self.shape)

    @classmethod
    def _made(cls, values, shape, dtype):
        return cls(np.array(values, dtype=dtype).reshape(shape))

    def _coerce(self, other):
        if isinstance(other, Tensor):
            return other
        return Tensor(other, dtype=self.dtype if isinstance(other, (int, float)) else None)

    def _each(self, other, operation):
        other = self._coerce(other)
        dtype = max(self.dtype, other.dtype, key=lambda d: d.itemsize)
        shape = common(self.shape, other.shape)
        one, two = strides_of(self.shape, shape), strides_of(other.shape, shape)
        values = []
        for index in itertools.product(*map(range, shape)):
            a = self._values[sum(i * s for i, s in zip(index, one))]
            b = other._values[sum(i * s for i, s in zip(index, two))]
            values.append(operation(dtype.type(a), dtype.type(b)))
        return self._made(values, shape, dtype)

    def __add__(self, other):
        return self._each(other, lambda a, b: a + b)

    def __sub__(self, other):
        return self._each(other, lambda a, b: a - b)

    def __mul__(self, other):
        return self._each(other, lambda a, b: a * b)

    def __truediv__(self, other):
        return self._each(other, lambda a, b: a / b)

    def __radd__(self, other):
        return self._each(other, lambda a, b: b + a)

    def __rsub__(self, other):
        return self._each(other, lambda a, b: b - a)

    def __rmul__(self, other):
        return self._each(other, lambda a, b: b * a)

    def __rtruediv__(self, other):
        return self._each(other, lambda a, b: b / a)

    def __neg__(self):
        return self._made([-v for v in self._values], self.shape, self.dtype)

    def __matmul__(self, other):
        return Tensor(np.matmul(self.data, other.data))

    def reshape(self, *shape):
        shape = tuple(shape[0]) if isinstance(shape[0], tuple) else shape
        if -1 in shape:
            known = -math.prod(shape)
            if shape.count(-1) > 1 or self.size % known:
                raise ValueError(f"{self.size} elements do not fit into {shape}")
            shape = tuple(self.size // known if n == -1 else n for n in shape)
        if math.prod(shape) != self.size:
            raise ValueError(f"{self.size} elements do not fit into {shape}")
        return self._made(self._values, shape, self.dtype)

    def transpose(self, *axes):
        axes = axes or tuple(range(self.ndim))[::-1]
        steps = [math.prod(self.shape[axis + 1 :]) for axis in range(self.ndim)]
        shape = tuple(self.shape[axis] for axis in axes)
        values = [
            self._values[sum(i * steps[axis] for i, axis in zip(index, axes))]
            for index in itertools.product(*map(range, shape))
        ]
        return self._made(values, shape, self.dtype)

    def _slices(self, axis, keepdims, reduce):
        if axis is None:
            return self._made(
                [reduce(self._values)], (1,) * self.ndim if keepdims else (), self.dtype
            )
        if not -self.ndim <= axis < self.ndim:
            raise IndexError(f"axis {axis} of a Tensor with {self.ndim} axes")
        axis %= self.ndim
        last = self.transpose(*[a for a in range(self.ndim) if a != axis], axis)
        n = self.shape[axis]
        values = [reduce(last._values[i : i + n]) for i in range(0, self.size, n)]
        kept = (1,) if keepdims else ()
        return self._made(values, self.shape[:axis] + kept + self.shape[axis + 1 :], self.dtype)

    def sum(self, axis=None, keepdims=False):
        return self._slices(axis, keepdims, math.fsum)

    def mean(self, axis=None, keepdims=False):
        return self._slices(axis, keepdims, lambda values: math.fsum(values) / len(values))

    def max(self, axis=None, keepdims=False):
        return self._slices(axis, keepdims, max)
