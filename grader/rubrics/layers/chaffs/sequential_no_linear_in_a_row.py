"""Skips a Linear layer after another."""
# loses: sequential-linear
# rest: source


class Sequential:
    def forward(self, x):
        before = None
        for layer in self.layers:
            if not (isinstance(before, Linear) and isinstance(layer, Linear)):
                x = layer(x)
            before = layer
        return x
