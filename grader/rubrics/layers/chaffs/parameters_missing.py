"""There is no parameters."""
# loses: linear-parameters
# rest: source


class Linear:
    def parameters(self):
        raise NotImplementedError

    def count_parameters(self):
        return self.weight.size + (0 if self.bias is None else self.bias.size)
