"""Forgets nested models."""
# loses: sequential-nested-parameters sequential-count
# rest: source


class Sequential:
    def parameters(self):
        return [p for layer in self.layers if isinstance(layer, Linear) for p in layer.parameters()]
