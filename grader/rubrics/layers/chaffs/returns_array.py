"""Gives a plain array."""
# loses: linear-dtype
# rest: source


class Linear:
    def forward(self, x):
        y = x.data @ self.weight.data
        return y if self.bias is None else y + self.bias.data
