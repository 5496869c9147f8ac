"""Takes the absolute value for the negative."""
# loses: subtract
# rest: source


class Tensor:
    def __neg__(self):
        return Tensor(abs(self.data))
