"""Drops axes of length 1."""
# loses: linear-shape
# rest: source


class Linear:
    def forward(self, x):
        y = x @ self.weight
        y = y if self.bias is None else y + self.bias
        return Tensor(y.data.squeeze())
