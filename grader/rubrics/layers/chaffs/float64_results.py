"""Gives float64 always."""
# loses: linear-dtype
# rest: source


class Linear:
    def forward(self, x):
        y = x.data.astype(np.float64) @ self.weight.data
        return Tensor(y) if self.bias is None else Tensor(y + self.bias.data)
