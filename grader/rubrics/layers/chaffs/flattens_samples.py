"""Flattens each sample."""
# loses: linear-axes linear-shape
# rest: source


class Linear:
    def forward(self, x):
        y = x if x.ndim < 3 else x.reshape(x.shape[0], -1)
        y = y @ self.weight
        return y if self.bias is None else y + self.bias
