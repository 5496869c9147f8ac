"""Subtracts the bias."""
# loses: linear-vector linear-batch linear-axes Linear
# rest: source


class Linear:
    def forward(self, x):
        y = x @ self.weight
        return y if self.bias is None else y - self.bias
