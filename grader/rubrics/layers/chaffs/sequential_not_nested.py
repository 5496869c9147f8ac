"""Skips what is a Sequential itself."""
# loses: sequential-nested
# rest: source


class Sequential:
    def forward(self, x):
        for layer in self.layers:
            if not isinstance(layer, Sequential):
                x = layer(x)
        return x
