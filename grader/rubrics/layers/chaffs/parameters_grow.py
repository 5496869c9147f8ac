"""Puts its parameters at the end of one list, each time that it is asked."""
# loses: linear-parameters
# rest: source


class Linear:
    def parameters(self):
        self.listed = getattr(self, "listed", [])
        self.listed += [self.weight] if self.bias is None else [self.weight, self.bias]
        return self.listed

    def count_parameters(self):
        return self.weight.size + (0 if self.bias is None else self.bias.size)
