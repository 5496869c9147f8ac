"""A single feature is taken for all."""
# loses: linear-mismatch
# rest: source


class Linear:
    def forward(self, x):
        y = Tensor((x.data[..., None] * self.weight.data).sum(axis=-2))
        return y if self.bias is None else y + self.bias
