"""Gives the transposed shape to the same order of elements."""
# loses: transpose
# rest: source


class Tensor:
    def transpose(self, *axes):
        if axes:
            return Tensor(self.data.transpose(*axes))
        return Tensor(self.data.reshape(self.data.shape[::-1]))
