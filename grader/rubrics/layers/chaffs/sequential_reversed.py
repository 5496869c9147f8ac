"""Applies its layers from last to first."""
# loses: sequential-two sequential-many Sequential
# rest: source


class Sequential:
    def forward(self, x):
        for layer in reversed(self.layers):
            x = layer(x)
        return x
