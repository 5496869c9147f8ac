"""Sums over the outputs and not over the inputs."""
# loses: linear-vector linear-batch Linear
# rest: source


class Linear:
    def forward(self, x):
        y = Tensor((x.data[..., None] * self.weight.data).sum(axis=-1))
        return y if self.bias is None else y + self.bias
