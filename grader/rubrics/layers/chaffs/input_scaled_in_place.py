"""Centres its input in place, and puts nothing back."""
# loses: linear-vector Linear
# rest: source


class Linear:
    def forward(self, x):
        x.data -= x.data.mean()
        y = x @ self.weight
        return y if self.bias is None else y + self.bias
