"""Takes means in place of sums."""
# loses: linear-vector linear-batch linear-axes Linear
# rest: source


class Linear:
    def forward(self, x):
        y = (x @ self.weight) / self.weight.shape[0]
        return y if self.bias is None else y + self.bias
