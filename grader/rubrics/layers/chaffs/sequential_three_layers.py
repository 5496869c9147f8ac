"""Applies three layers at most."""
# loses: sequential-many
# rest: source


class Sequential:
    def forward(self, x):
        for layer in self.layers[:3]:
            x = layer(x)
        return x
