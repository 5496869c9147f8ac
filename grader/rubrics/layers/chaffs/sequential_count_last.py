"""Counts those of the last Tensor."""
# loses: sequential-count
# rest: source


class Sequential:
    def count_parameters(self):
        n = 0
        for p in self.parameters():
            n = p.size
        return n
