"""Turns its own numbers round."""
# loses: untouched
# rest: source


class Tensor:
    def __neg__(self):
        self.data *= -1
        return Tensor(self.data)
