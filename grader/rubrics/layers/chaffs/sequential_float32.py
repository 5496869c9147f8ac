"""Gives float32 always."""
# loses: sequential-batch
# rest: source


class Sequential:
    def forward(self, x):
        for layer in self.layers:
            x = Tensor(layer(x), dtype=np.float32)
        return x
