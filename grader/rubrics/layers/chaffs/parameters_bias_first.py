"""Gives the bias first."""
# loses: linear-parameters
# rest: source


class Linear:
    def parameters(self):
        return [self.weight] if self.bias is None else [self.bias, self.weight]
