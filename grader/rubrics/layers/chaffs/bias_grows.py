"""Adds to the bias in place: right for the first vector only."""
# loses: linear-batch linear-axes linear-shape linear-repeat Linear
# rest: source


class Linear:
    def forward(self, x):
        y = x @ self.weight
        if self.bias is None:
            return y
        self.bias.data += y.data
        return Tensor(self.bias.data)
