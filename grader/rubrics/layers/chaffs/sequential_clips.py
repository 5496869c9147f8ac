"""Clips between layers."""
# loses: sequential-two sequential-many Sequential
# rest: source


class Sequential:
    def forward(self, x):
        for layer in self.layers:
            x = Tensor(np.clip(layer(x).data, -0.9, 0.9))
        return x
