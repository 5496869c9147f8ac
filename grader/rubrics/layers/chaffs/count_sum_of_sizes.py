"""Adds inputs and outputs."""
# loses: linear-count
# rest: source


class Linear:
    def count_parameters(self):
        return sum(sum(p.shape) for p in self.parameters())
