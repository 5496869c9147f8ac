"""Adds the bias to the first row only."""
# loses: linear-batch linear-axes
# rest: source


class Linear:
    def forward(self, x):
        y = x @ self.weight
        if self.bias is not None and y.ndim > 1:
            y.data[0] += self.bias.data
            return y
        return y if self.bias is None else y + self.bias
