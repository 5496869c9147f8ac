"""Adds up what its layers give."""
# loses: sequential-two sequential-many Sequential
# rest: source


class Sequential:
    def forward(self, x):
        y = Tensor(np.zeros_like(x.data))
        for layer in self.layers:
            y = y + layer(x)
        return y
