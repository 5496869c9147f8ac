"""Prints a message and gives None where the sizes differ."""
# loses: reshape-errors
# rest: source


class Tensor:
    def reshape(self, *shape):
        try:
            return Tensor(self.data.reshape(*shape))
        except ValueError:
            print("cannot reshape")
