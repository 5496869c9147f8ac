"""Reductions one slice after the other, in a float32 or float64 of the Tensor's own."""
# rest: source

import functools


class Tensor:
    def _reduce(self, function, axis, keepdims):
        x = self.data
        if axis is None:
            result = functools.reduce(function, x.ravel())
            return np.full((1,) * x.ndim, result) if keepdims else result
        if axis not in range(-x.ndim, x.ndim):
            raise np.exceptions.AxisError(axis, x.ndim)
        result = functools.reduce(function, np.moveaxis(x, axis, 0))
        return np.expand_dims(result, axis) if keepdims else result

    def sum(self, axis=None, keepdims=False):
        return Tensor(self._reduce(lambda a, b: a + b, axis, keepdims))

    def mean(self, axis=None, keepdims=False):
        n = self.size if axis is None else self.shape[axis]
        return Tensor(self.sum(axis, keepdims).data / self.dtype.type(n))

    def max(self, axis=None, keepdims=False):
        return Tensor(self._reduce(np.maximum, axis, keepdims))
