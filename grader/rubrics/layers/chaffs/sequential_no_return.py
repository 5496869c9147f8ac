"""Gives nothing back."""
# loses: sequential-two sequential-many Sequential
# rest: source


class Sequential:
    def forward(self, x):
        for layer in self.layers:
            x = layer(x)
