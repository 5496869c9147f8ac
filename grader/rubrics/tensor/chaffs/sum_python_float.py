"""Gives a Python number instead of a Tensor where everything is summed."""
# loses: sum new-tensors reductions
# rest: source


class Tensor:
    def sum(self, axis=None, keepdims=False):
        total = self.data.sum(axis=axis, keepdims=keepdims)
        return float(total) if axis is None and not keepdims else Tensor(total)
