"""Starts looking at 0, so that nothing negative is found."""
# loses: max
# rest: source


class Tensor:
    def max(self, axis=None, keepdims=False):
        return Tensor(np.max(self.data, axis=axis, keepdims=keepdims, initial=0))
