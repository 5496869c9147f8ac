"""Goes one level down only."""
# loses: sequential-nested
# rest: source


class Sequential:
    def forward(self, x):
        for layer in self.layers:
            for inner in layer.layers if isinstance(layer, Sequential) else [layer]:
                if not isinstance(inner, Sequential):
                    x = inner(x)
        return x
