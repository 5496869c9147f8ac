"""Applies the last layer twice."""
# loses: sequential-two sequential-many Sequential
# rest: source


class Sequential:
    def forward(self, x):
        for layer in self.layers:
            x = layer(x)
        return self.layers[-1](x)
