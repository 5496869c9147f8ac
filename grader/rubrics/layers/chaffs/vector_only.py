"""Takes vectors only."""
# loses: linear-batch linear-axes linear-shape
# rest: source


class Linear:
    def forward(self, x):
        y = Tensor(sum(float(v) * row for v, row in zip(x.data, self.weight.data)))
        return y if self.bias is None else y + self.bias
