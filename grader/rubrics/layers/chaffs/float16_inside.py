"""Works in half precision."""
# loses: linear-vector linear-batch Linear
# rest: source


class Linear:
    def forward(self, x):
        y = Tensor(x.data.astype(np.float16) @ self.weight.data.astype(np.float16))
        return y if self.bias is None else y + self.bias
