"""One output after the other, which is right for vectors only."""
# loses: linear-batch linear-axes linear-shape
# rest: source


class Linear:
    def forward(self, x):
        y = Tensor(np.array([x.data @ column for column in self.weight.T.data]))
        return y if self.bias is None else y + self.bias
