"""Gives a batch for a vector, too."""
# loses: linear-shape
# rest: source


class Linear:
    def forward(self, x):
        y = Tensor(np.atleast_2d(x.data)) @ self.weight
        return y if self.bias is None else y + self.bias
