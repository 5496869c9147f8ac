"""Cuts longer operands to the length of the shorter."""
# loses: arithmetic-errors
# rest: source


class Tensor:
    def __sub__(self, other):
        one, two = self.data, self._operand(other)
        if np.ndim(one) == np.ndim(two) == 1 and 1 not in (len(one), len(two)):
            length = min(len(one), len(two))
            one, two = one[:length], two[:length]
        return Tensor(one - two)
