"""Prints the count and gives None."""
# loses: linear-count
# rest: source


class Linear:
    def count_parameters(self):
        print(sum(p.size for p in self.parameters()))
