"""Takes the number of rows for the number of axes."""
# loses: create-attributes
# rest: source


class Tensor:
    @property
    def ndim(self):
        return len(self.data)
