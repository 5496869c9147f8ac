"""Writes every answer into the same Tensor."""
# loses: linear-repeat
# rest: source


class Linear:
    def forward(self, x):
        y = x @ self.weight
        y = y if self.bias is None else y + self.bias
        if not hasattr(self, "out") or self.out.shape != y.shape or self.out.dtype != y.dtype:
            self.out = y
        self.out.data[...] = y.data
        return self.out
