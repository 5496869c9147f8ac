"""Its size is a floating-point number."""
# loses: create-attributes
# rest: source


class Tensor:
    @property
    def size(self):
        return float(self.data.size)
