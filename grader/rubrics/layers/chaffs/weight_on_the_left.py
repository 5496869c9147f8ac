"""Multiplies the wrong way round."""
# loses: linear-vector linear-batch Linear
# rest: source


class Linear:
    def forward(self, x):
        y = self.weight @ x
        return y if self.bias is None else y + self.bias
