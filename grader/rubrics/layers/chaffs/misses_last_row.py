"""Leaves the last sample out."""
# loses: linear-batch linear-axes
# rest: source


class Linear:
    def forward(self, x):
        y = x @ self.weight
        y = y if self.bias is None else y + self.bias
        if y.ndim > 1 and len(y) > 1:
            y.data[-1] = 0
        return y
