"""Gives float32 always."""
# loses: linear-dtype
# rest: source


class Linear:
    def forward(self, x):
        y = x @ self.weight
        y = y if self.bias is None else y + self.bias
        return Tensor(y, dtype=np.float32)
