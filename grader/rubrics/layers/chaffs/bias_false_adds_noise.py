"""Without a bias, adds the mean of the weights."""
# loses: linear-no-bias
# rest: source


class Linear:
    def forward(self, x):
        y = x @ self.weight
        return y + (self.bias if self.bias is not None else self.weight.mean())
