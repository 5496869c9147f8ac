"""Gives a dictionary."""
# loses: linear-parameters
# rest: source


class Linear:
    def parameters(self):
        return {"weight": self.weight, "bias": self.bias}

    def count_parameters(self):
        return self.weight.size + (0 if self.bias is None else self.bias.size)
