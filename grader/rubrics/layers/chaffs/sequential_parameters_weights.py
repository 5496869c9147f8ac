"""Gives weights only."""
# loses: sequential-parameters sequential-nested-parameters sequential-count
# rest: source


class Sequential:
    def parameters(self):
        return [layer.weight for layer in self.layers if hasattr(layer, "weight")]
