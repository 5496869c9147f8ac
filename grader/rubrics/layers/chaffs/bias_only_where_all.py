"""Leaves a bias out of batches that has a zero in it."""
# loses: linear-batch
# rest: source


class Linear:
    def forward(self, x):
        y = x @ self.weight
        left_out = self.bias is None or (x.ndim == 2 and not self.bias.data.all())
        return y if left_out else y + self.bias
