"""Gives every layer the first input."""
# loses: sequential-two sequential-many Sequential
# rest: source


class Sequential:
    def forward(self, x):
        for layer in self.layers:
            y = layer(x)
        return y
