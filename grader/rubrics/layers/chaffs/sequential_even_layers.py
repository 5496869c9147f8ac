"""Applies layers in pairs."""
# loses: sequential-many sequential-nested
# rest: source


class Sequential:
    def forward(self, x):
        for i in range(0, len(self.layers) - 1, 2):
            x = self.layers[i + 1](self.layers[i](x))
        return x
