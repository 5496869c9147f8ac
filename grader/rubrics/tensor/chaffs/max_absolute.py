"""Finds the largest absolute value."""
# loses: max
# rest: source


class Tensor:
    def max(self, axis=None, keepdims=False):
        return Tensor(np.abs(self.data).max(axis=axis, keepdims=keepdims))
