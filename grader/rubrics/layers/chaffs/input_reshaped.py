"""Leaves its input reshaped."""
# loses: linear-input
# rest: source


class Linear:
    def forward(self, x):
        front = x.shape[:-1]
        x.data = x.data.reshape(-1, x.shape[-1])
        y = x @ self.weight
        y = y if self.bias is None else y + self.bias
        return Tensor(y.data.reshape(*front, -1))
