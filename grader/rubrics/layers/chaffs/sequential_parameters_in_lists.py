"""Gives a list for each layer."""
# loses: sequential-parameters sequential-nested-parameters sequential-count
# rest: source


class Sequential:
    def parameters(self):
        return [layer.parameters() for layer in self.layers if hasattr(layer, "parameters")]
