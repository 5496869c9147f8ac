"""Takes a column plus a row for the sum of the flat numbers."""
# loses: broadcasts
# rest: source


class Tensor:
    def __add__(self, other):
        other = self._operand(other)
        shape = np.shape(other)
        if self.ndim == 2 and len(shape) == 2 and shape != self.shape and 1 in shape:
            other = np.resize(other, self.shape)
        return Tensor(self.data + other)
