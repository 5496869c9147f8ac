"""forward leaves the bias to the call."""
# loses: linear-repeat
# rest: source


class Linear:
    def forward(self, x):
        return x @ self.weight

    def __call__(self, x):
        y = self.forward(x)
        return y if self.bias is None else y + self.bias
