"""Drops a tenth of its inputs at random."""
# loses: Linear
# rest: source


class Linear:
    def forward(self, x):
        kept = np.random.random(x.shape) < 0.9
        y = Tensor(x.data * kept) @ self.weight
        return y if self.bias is None else y + self.bias
