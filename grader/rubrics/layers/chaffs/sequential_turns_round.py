"""Reverses its layers after every call."""
# loses: sequential-repeat
# rest: source


class Sequential:
    def forward(self, x):
        for layer in self.layers:
            x = layer(x)
        self.layers.reverse()
        return x
