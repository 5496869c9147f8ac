"""Gives copies."""
# loses: sequential-parameters sequential-nested-parameters
# rest: source


class Sequential:
    def parameters(self):
        return [
            Tensor(p)
            for layer in self.layers
            if hasattr(layer, "parameters")
            for p in layer.parameters()
        ]
