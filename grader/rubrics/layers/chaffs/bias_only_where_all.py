"""Leaves a bias out that has a zero in it."""
# loses: linear-batch
# rest: source


class Linear:
    def forward(self, x):
        y = x @ self.weight
        return y + self.bias if self.bias is not None and self.bias.data.all() else y
