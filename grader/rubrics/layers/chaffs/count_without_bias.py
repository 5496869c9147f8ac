"""Does not count the bias."""
# loses: linear-count
# rest: source


class Linear:
    def count_parameters(self):
        return self.weight.size
