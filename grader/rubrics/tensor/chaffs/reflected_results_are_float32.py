"""Rounds results to float32 where a number is on the left."""
# loses: number-dtype
# rest: source


class Tensor:
    def __rsub__(self, other):
        return Tensor(self._operand(other) - self.data, dtype=np.float32)
