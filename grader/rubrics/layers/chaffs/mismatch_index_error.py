"""Loops run out of their range."""
# loses: linear-mismatch
# rest: source


class Linear:
    def forward(self, x):
        n, m = self.weight.shape
        y = np.zeros((*x.shape[:-1], m), x.dtype)
        for j in range(m):
            for i in range(max(n, x.shape[-1])):
                y[..., j] += x.data[..., i] * self.weight.data[i, j]
        return Tensor(y) if self.bias is None else Tensor(y + self.bias.data)
