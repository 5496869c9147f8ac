"""Goes by the Tensors that it began with."""
# loses: linear-live
# rest: source


class Linear:
    def __init__(self, in_features, out_features, bias=True):
        self.weight = Tensor(
            np.random.normal(0, np.sqrt(2 / in_features), (in_features, out_features)),
            dtype=np.float32,
        )
        self.bias = Tensor(np.zeros(out_features), dtype=np.float32) if bias else None
        self.w, self.b = self.weight, self.bias

    def forward(self, x):
        y = x @ self.w
        return y if self.b is None else y + self.b
