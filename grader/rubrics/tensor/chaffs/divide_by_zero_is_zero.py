"""Gives 0 where it divides by zero."""
# loses: divide-by-zero
# rest: source


class Tensor:
    def __truediv__(self, other):
        return Tensor(np.nan_to_num(self.data / self._operand(other), posinf=0, neginf=0))
