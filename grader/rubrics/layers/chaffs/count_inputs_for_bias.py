"""Counts one bias an input."""
# loses: linear-count
# rest: source


class Linear:
    def count_parameters(self):
        n, m = self.weight.shape
        return n * m + (n if self.bias is not None else 0)
