"""Works in float32 and gives float64 back."""
# loses: linear-precision
# rest: source


class Linear:
    def forward(self, x):
        y = Tensor(x, dtype=np.float32) @ self.weight
        y = y if self.bias is None else y + self.bias
        return Tensor(y, dtype=x.dtype)
