"""All sums of a shape are in one array."""
# loses: untouched broadcasts number-right
# rest: source


class Tensor:
    buffers = {}

    def __add__(self, other):
        total = self.data + self._operand(other)
        buffer = self.buffers.setdefault((total.shape, total.dtype), total)
        buffer[...] = total
        made = Tensor(0)
        made.data = buffer
        return made
