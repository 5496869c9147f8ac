"""parameters is a property."""
# loses: linear-parameters
# rest: source


class Linear:
    @property
    def parameters(self):
        return [self.weight] if self.bias is None else [self.weight, self.bias]

    def count_parameters(self):
        return self.weight.size + (0 if self.bias is None else self.bias.size)
