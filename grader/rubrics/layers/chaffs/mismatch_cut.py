"""Leaves out what is too much."""
# loses: linear-mismatch
# rest: source


class Linear:
    def forward(self, x):
        n = self.weight.shape[0] if self.weight.shape[0] > 1 else x.shape[-1]
        y = Tensor(x.data[..., :n] @ self.weight.data)
        return y if self.bias is None else y + self.bias
