"""Draws new weights for each call."""
# loses: linear-vector linear-batch Linear
# rest: source


class Linear:
    def forward(self, x):
        n, m = self.weight.shape
        self.weight.data[...] = np.random.normal(0, np.sqrt(2 / n), (n, m))
        y = x @ self.weight
        return y if self.bias is None else y + self.bias
