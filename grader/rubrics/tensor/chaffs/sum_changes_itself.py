"""Sums into its own numbers."""
# loses: untouched
# rest: source


class Tensor:
    def sum(self, axis=None, keepdims=False):
        self.data = np.asarray(self.data.sum(axis=axis, keepdims=keepdims))
        return Tensor(self.data)
