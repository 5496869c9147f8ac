"""Goes one level down only."""
# loses: sequential-nested-parameters
# rest: source


class Sequential:
    def parameters(self):
        found = []
        for layer in self.layers:
            for inner in layer.layers if isinstance(layer, Sequential) else [layer]:
                if isinstance(inner, Linear):
                    found += inner.parameters()
        return found
