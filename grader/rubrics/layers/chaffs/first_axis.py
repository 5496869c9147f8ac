"""Sums over the first axis."""
# loses: linear-batch linear-axes linear-shape
# rest: source


class Linear:
    def forward(self, x):
        y = Tensor(np.tensordot(x.data, self.weight.data, axes=(0, 0)))
        return y if self.bias is None else y + self.bias
