"""Makes its input float32 for good."""
# loses: linear-input linear-dtype
# rest: source


class Linear:
    def forward(self, x):
        x.data = x.data.astype(np.float32)
        y = x @ self.weight
        return y if self.bias is None else y + self.bias
