"""Asserts the size of its input."""
# loses: linear-mismatch
# rest: source


class Linear:
    def forward(self, x):
        assert x.shape[-1] == self.weight.shape[0], "wrong size"
        y = x @ self.weight
        return y if self.bias is None else y + self.bias
