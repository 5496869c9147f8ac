"""Reads a batch as rows of in_features numbers, however long its own are."""
# loses: linear-mismatch
# rest: source


class Linear:
    def forward(self, x):
        rows = x.data if x.ndim == 1 else x.data.reshape(-1, self.weight.shape[0])
        y = rows @ self.weight.data
        y = y if x.ndim < 3 else y.reshape(*x.shape[:-1], -1)
        return Tensor(y if self.bias is None else y + self.bias.data)
