"""Applies nested models last."""
# loses: sequential-nested
# rest: source


class Sequential:
    def forward(self, x):
        for layer in sorted(self.layers, key=lambda layer: isinstance(layer, Sequential)):
            x = layer(x)
        return x
