"""Counts once, when it is made."""
# loses: sequential-count
# rest: source


class Sequential:
    def __init__(self, layers=None):
        self.layers = [] if layers is None else list(layers)
        self.counted = sum(p.size for p in self.parameters())

    def count_parameters(self):
        return self.counted
