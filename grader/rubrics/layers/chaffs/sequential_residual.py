"""Adds each layer's input to its output."""
# loses: sequential-two sequential-many Sequential
# rest: source


class Sequential:
    def forward(self, x):
        for layer in self.layers:
            x = x + layer(x)
        return x
