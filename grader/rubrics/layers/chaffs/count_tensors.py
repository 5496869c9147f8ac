"""Counts Tensors."""
# loses: linear-count
# rest: source


class Linear:
    def count_parameters(self):
        return len(self.parameters())
