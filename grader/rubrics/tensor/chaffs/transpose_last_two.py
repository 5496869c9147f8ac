"""Swaps the last two axes only."""
# loses: transpose
# rest: source


class Tensor:
    def transpose(self, *axes):
        if axes or self.ndim < 2:
            return Tensor(self.data.transpose(*axes))
        return Tensor(self.data.swapaxes(-1, -2))
