"""Asks activations for their count."""
# loses: sequential-count
# rest: source


class Sequential:
    def count_parameters(self):
        return sum(layer.count_parameters() for layer in self.layers)
