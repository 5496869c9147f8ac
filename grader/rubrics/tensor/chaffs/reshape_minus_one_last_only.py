"""Knows -1 as the last length only."""
# loses: reshape-infers
# rest: source


class Tensor:
    def reshape(self, *shape):
        shape = shape[0] if isinstance(shape[0], tuple) else shape
        if -1 in shape[:-1]:
            raise ValueError("-1 has to come last")
        return Tensor(self.data.reshape(shape))
