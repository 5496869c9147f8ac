"""Turns a vector into a column."""
# loses: transpose
# rest: source


class Tensor:
    def transpose(self, *axes):
        if self.ndim == 1:
            return Tensor(self.data[:, None])
        return Tensor(self.data.transpose(*axes))
