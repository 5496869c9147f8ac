"""einsum, which broadcasts what is 1 long."""
# loses: linear-mismatch
# rest: source


class Linear:
    def forward(self, x):
        y = Tensor(np.einsum("...i,ij->...j", x.data, self.weight.data))
        return y if self.bias is None else y + self.bias
