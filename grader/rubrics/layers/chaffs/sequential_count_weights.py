"""Counts weights only."""
# loses: sequential-count
# rest: source


class Sequential:
    def count_parameters(self):
        return sum(p.size for p in self.parameters() if p.ndim > 1)
