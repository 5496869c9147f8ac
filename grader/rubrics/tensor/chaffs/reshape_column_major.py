"""Goes column by column."""
# loses: reshape reshape-infers
# rest: source


class Tensor:
    def reshape(self, *shape):
        return Tensor(self.data.reshape(*shape, order="F"))
