"""Counts a bias that is not there."""
# loses: linear-count
# rest: source


class Linear:
    def count_parameters(self):
        n, m = self.weight.shape
        return n * m + m
