"""Takes 2 / x for x / 2."""
# loses: number-left arrays-and-lists
# rest: source


class Tensor:
    __rtruediv__ = __truediv__
