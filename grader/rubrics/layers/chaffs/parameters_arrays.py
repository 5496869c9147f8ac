"""Gives arrays."""
# loses: linear-parameters
# rest: source


class Linear:
    def parameters(self):
        return [p.data for p in (self.weight, self.bias) if p is not None]
