"""Swaps rows and columns where that gives the shape."""
# loses: reshape
# rest: source


class Tensor:
    def reshape(self, *shape):
        shape = shape[0] if isinstance(shape[0], tuple) else shape
        if tuple(shape) == self.shape[::-1]:
            return Tensor(self.data.T)
        return Tensor(self.data.reshape(shape))
