"""Leaves the last feature out."""
# loses: linear-vector linear-batch Linear
# rest: source


class Linear:
    def forward(self, x):
        y = Tensor(x.data[..., :-1] @ self.weight.data[:-1])
        return y if self.bias is None else y + self.bias
