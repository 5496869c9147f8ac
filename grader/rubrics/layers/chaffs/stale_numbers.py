"""Keeps its weight in float64 until another Tensor is put in."""
# loses: linear-live
# rest: source


class Linear:
    def forward(self, x):
        if getattr(self, "kept", None) is not self.weight:
            self.kept, self.wide = self.weight, self.weight.data.astype(np.float64)
        y = Tensor((x.data @ self.wide).astype(x.dtype))
        return y if self.bias is None else y + self.bias
