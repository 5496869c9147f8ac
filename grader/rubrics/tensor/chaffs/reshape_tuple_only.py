"""Takes a tuple only."""
# loses: reshape reshape-infers reshape-errors
# rest: source


class Tensor:
    def reshape(self, shape):
        return Tensor(self.data.reshape(shape))
