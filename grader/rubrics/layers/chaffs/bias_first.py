"""Adds the bias to the input, where sizes allow it."""
# loses: linear-vector Linear
# rest: source


class Linear:
    def forward(self, x):
        if self.bias is None:
            return x @ self.weight
        return (x + self.bias) @ self.weight
