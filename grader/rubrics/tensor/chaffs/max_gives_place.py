"""Gives the place of the largest element."""
# loses: max
# rest: source


class Tensor:
    def max(self, axis=None, keepdims=False):
        return Tensor(np.argmax(self.data, axis=axis, keepdims=keepdims).astype(self.dtype))
