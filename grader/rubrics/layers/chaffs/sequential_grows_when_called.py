"""Adds its last layer again at every call."""
# loses: sequential-repeat
# rest: source


class Sequential:
    def forward(self, x):
        for layer in self.layers:
            x = layer(x)
        self.layers.append(self.layers[-1])
        return x
