"""Takes all weights for square."""
# loses: linear-count
# rest: source


class Linear:
    def count_parameters(self):
        return len(self.weight) ** 2 + (0 if self.bias is None else len(self.bias))
