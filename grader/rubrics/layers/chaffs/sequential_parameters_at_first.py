"""Lists the Tensors that were there when it was made."""
# loses: sequential-parameters
# rest: source


class Sequential:
    def __init__(self, layers=None):
        self.layers, self.found = [], []
        for layer in [] if layers is None else layers:
            self.add(layer)

    def add(self, layer):
        self.layers.append(layer)
        self.found += layer.parameters() if hasattr(layer, "parameters") else []

    def parameters(self):
        return self.found
