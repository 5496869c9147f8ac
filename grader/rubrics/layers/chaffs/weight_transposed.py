"""Multiplies by the transposed weights."""
# loses: linear-vector linear-batch linear-axes linear-no-bias Linear
# rest: source


class Linear:
    def forward(self, x):
        y = x @ self.weight.T
        return y if self.bias is None else y + self.bias
