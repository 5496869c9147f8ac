"""Multiplies element by element and sums all."""
# loses: linear-vector linear-batch Linear
# rest: source


class Linear:
    def forward(self, x):
        y = (x.data[..., None] * self.weight.data).sum()
        return Tensor(y) if self.bias is None else Tensor(y + self.bias.data)
