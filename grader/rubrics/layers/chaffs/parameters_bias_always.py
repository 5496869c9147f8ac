"""Counts on a bias."""
# loses: linear-parameters linear-count
# rest: source


class Linear:
    def parameters(self):
        return [self.weight, self.bias]
