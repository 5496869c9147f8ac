"""Flattens what has more than two axes."""
# loses: sequential-batch
# rest: source


class Sequential:
    def forward(self, x):
        x = x if x.ndim < 3 else x.reshape(x.shape[0], -1)
        for layer in self.layers:
            x = layer(x)
        return x
