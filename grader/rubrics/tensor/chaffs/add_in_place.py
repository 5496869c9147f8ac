"""Adds into its own numbers."""
# loses: untouched
# rest: source


class Tensor:
    def __add__(self, other):
        other = self._operand(other)
        if np.broadcast_shapes(self.shape, np.shape(other)) != self.shape:
            return Tensor(self.data + other)
        if np.result_type(self.data, other) != self.dtype:
            return Tensor(self.data + other)
        self.data += other
        return self
