"""Each call shrinks the weights a little."""
# loses: linear-repeat
# rest: source


class Linear:
    def forward(self, x):
        y = x @ self.weight
        self.weight.data *= 0.9
        return y if self.bias is None else y + self.bias
