"""Makes a batch of whatever comes."""
# loses: linear-shape
# rest: source


class Linear:
    def forward(self, x):
        y = x if x.ndim < 3 else x.reshape(-1, x.shape[-1])
        y = y @ self.weight
        return y if self.bias is None else y + self.bias
