"""Gives those of the last layer first."""
# loses: sequential-parameters sequential-nested-parameters
# rest: source


class Sequential:
    def parameters(self):
        found = []
        for layer in self.layers:
            if hasattr(layer, "parameters"):
                found = layer.parameters() + found
        return found
