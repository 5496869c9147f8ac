"""Collects parameters when it is made."""
# loses: sequential-nested-parameters
# rest: source


class Sequential:
    def __init__(self, layers=None):
        self.layers = list(layers or [])
        self.found = [
            p for layer in self.layers if hasattr(layer, "parameters") for p in layer.parameters()
        ]

    def parameters(self):
        return self.found
