"""Gives all weights, then all biases."""
# loses: sequential-parameters sequential-nested-parameters
# rest: source


class Sequential:
    def parameters(self):
        found = [
            p for layer in self.layers if hasattr(layer, "parameters") for p in layer.parameters()
        ]
        return [p for p in found if p.ndim > 1] + [p for p in found if p.ndim == 1]
