"""Does not count nested models."""
# loses: sequential-count
# rest: source


class Sequential:
    def count_parameters(self):
        return sum(layer.count_parameters() for layer in self.layers if isinstance(layer, Linear))
