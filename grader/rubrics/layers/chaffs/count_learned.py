"""Counts what is not zero."""
# loses: linear-count
# rest: source


class Linear:
    def count_parameters(self):
        return int(sum(np.count_nonzero(p.data) for p in self.parameters()))
