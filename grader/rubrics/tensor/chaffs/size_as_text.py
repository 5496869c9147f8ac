"""Knows its size as a text."""
# loses: create-attributes
# rest: source


class Tensor:
    @property
    def size(self):
        return str(self.data.size)
