"""Puts each axis where the order says, instead of taking it from there."""
# loses: transpose-axes
# rest: source


class Tensor:
    def transpose(self, *axes):
        return Tensor(self.data.transpose(np.argsort(axes) if axes else None))
