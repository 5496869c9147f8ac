"""Takes batches only."""
# loses: linear-vector Linear
# rest: source


class Linear:
    def forward(self, x):
        n, features = x.shape
        y = Tensor(x.data.reshape(n, features)) @ self.weight
        return y if self.bias is None else y + self.bias
