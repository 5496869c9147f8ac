"""Clears its input when it is done."""
# loses: linear-input
# rest: source


class Linear:
    def forward(self, x):
        y = x @ self.weight
        x.data[...] = 0
        return y if self.bias is None else y + self.bias
