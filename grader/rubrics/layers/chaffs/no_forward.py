"""Is called, but has no forward."""
# loses: linear-repeat
# rest: source


class Linear:
    def forward(self, x):
        raise NotImplementedError

    def __call__(self, x):
        y = x @ self.weight
        return y if self.bias is None else y + self.bias
