"""Works with whole numbers."""
# loses: linear-vector linear-batch Linear
# rest: source


class Linear:
    def forward(self, x):
        y = Tensor(x.data.astype(int) @ self.weight.data)
        return y if self.bias is None else y + self.bias
