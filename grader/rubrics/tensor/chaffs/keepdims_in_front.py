"""Keeps the axis, but as the first one."""
# loses: keepdims
# rest: source


class Tensor:
    def mean(self, axis=None, keepdims=False):
        out = self.data.mean(axis=axis)
        if keepdims:
            out = out.reshape((1,) * self.ndim) if axis is None else out[None]
        return Tensor(out)
