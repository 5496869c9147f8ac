"""Takes 2 - x for x - 2."""
# loses: number-left arrays-and-lists
# rest: source


class Tensor:
    def __rsub__(self, other):
        return self - other
