"""Adds None where there is no bias."""
# loses: linear-no-bias
# rest: source


class Linear:
    def forward(self, x):
        return x @ self.weight + self.bias
