"""Counts rows."""
# loses: linear-count
# rest: source


class Linear:
    def count_parameters(self):
        return sum(len(p) for p in self.parameters())
