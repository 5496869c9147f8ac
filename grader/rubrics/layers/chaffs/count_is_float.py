"""Counts in floating point."""
# loses: linear-count
# rest: source


class Linear:
    def count_parameters(self):
        return float(sum(parameter.size for parameter in self.parameters()))
