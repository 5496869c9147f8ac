"""Takes numbers only, and no tuple."""
# loses: reshape
# rest: source


class Tensor:
    def reshape(self, *shape):
        if isinstance(shape[0], tuple):
            raise TypeError("numbers, please")
        return Tensor(self.data.reshape(shape))
