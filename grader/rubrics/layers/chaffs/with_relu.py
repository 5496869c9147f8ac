"""Has a ReLU built in."""
# loses: linear-vector linear-batch linear-axes Linear
# rest: source


class Linear:
    def forward(self, x):
        y = x @ self.weight
        y = y if self.bias is None else y + self.bias
        return ReLU()(y)
