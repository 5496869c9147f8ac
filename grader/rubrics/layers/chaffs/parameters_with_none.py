"""Gives None for a bias that is not there."""
# loses: linear-parameters
# rest: source


class Linear:
    def parameters(self):
        return [self.weight, self.bias]

    def count_parameters(self):
        return self.weight.size + (0 if self.bias is None else self.bias.size)
