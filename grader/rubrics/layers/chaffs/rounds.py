"""Rounds to three digits."""
# loses: linear-vector linear-batch Linear
# rest: source


class Linear:
    def forward(self, x):
        y = x @ self.weight
        y = y if self.bias is None else y + self.bias
        return Tensor(np.round(y.data, 3))
