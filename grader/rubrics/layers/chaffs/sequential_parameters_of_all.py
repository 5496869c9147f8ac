"""Asks activations for their parameters."""
# loses: sequential-parameters sequential-nested-parameters sequential-count
# rest: source


class Sequential:
    def parameters(self):
        return [p for layer in self.layers for p in layer.parameters()]
