"""Reverses the axes whatever is asked for."""
# loses: transpose-axes
# rest: source


class Tensor:
    def transpose(self, *axes):
        return Tensor(self.data.T)
