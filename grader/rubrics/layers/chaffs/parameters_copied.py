"""Gives copies of its parameters."""
# loses: linear-parameters
# rest: source


class Linear:
    def parameters(self):
        return [Tensor(p) for p in (self.weight, self.bias) if p is not None]
