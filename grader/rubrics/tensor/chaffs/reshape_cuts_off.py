"""Drops what does not fit, and repeats where something is missing."""
# loses: reshape-errors
# rest: source


class Tensor:
    def reshape(self, *shape):
        shape = shape[0] if isinstance(shape[0], tuple) else shape
        if -1 in shape:
            return Tensor(self.data.reshape(shape))
        return Tensor(np.resize(self.data, shape))
