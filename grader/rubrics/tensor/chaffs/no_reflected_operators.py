"""Knows no operators with the Tensor on the right."""
# loses: number-left arrays-and-lists
# rest: source


class Tensor:
    def _missing(self, other):
        return NotImplemented

    __radd__ = __rsub__ = __rmul__ = __rtruediv__ = _missing
