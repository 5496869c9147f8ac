"""Takes the length of the first axis for the size."""
# loses: create-attributes
# rest: source


class Tensor:
    @property
    def size(self):
        return len(self.data) if self.data.ndim else 1
