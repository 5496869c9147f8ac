"""Goes through a batch row by row, and gives a list."""
# loses: sequential-batch
# rest: source


class Sequential:
    def forward(self, x):
        if x.ndim > 1:
            return [self.forward(row) for row in x]
        for layer in self.layers:
            x = layer(x)
        return x
