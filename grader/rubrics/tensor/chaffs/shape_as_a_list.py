"""Gives its shape as a list."""
# loses: create-attributes
# rest: source


class Tensor:
    @property
    def shape(self):
        return list(self.data.shape)
