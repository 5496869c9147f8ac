"""Counts Tensors."""
# loses: sequential-count
# rest: source


class Sequential:
    def count_parameters(self):
        return len(self.parameters())
