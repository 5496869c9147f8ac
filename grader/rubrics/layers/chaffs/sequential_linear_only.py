"""Applies Linear layers only."""
# loses: sequential-two sequential-many Sequential
# rest: source


class Sequential:
    def forward(self, x):
        for layer in self.layers:
            if isinstance(layer, Linear):
                x = layer(x)
        return x
