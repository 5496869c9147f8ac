"""Writes each result into its input."""
# loses: sequential-input Sequential
# rest: source


class Sequential:
    def forward(self, x):
        for layer in self.layers:
            x.data = layer(x).data
        return x
