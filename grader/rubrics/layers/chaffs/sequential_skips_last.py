"""Skips the last layer."""
# loses: sequential-two sequential-many Sequential
# rest: source


class Sequential:
    def forward(self, x):
        for i in range(len(self.layers) - 1):
            x = self.layers[i](x)
        return x
