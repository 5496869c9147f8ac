"""Goes by the arrays that it began with."""
# loses: linear-live
# rest: source


class Linear:
    def __init__(self, in_features, out_features, bias=True):
        self.weight = Tensor(
            np.random.normal(0, np.sqrt(2 / in_features), (in_features, out_features)),
            dtype=np.float32,
        )
        self.bias = Tensor(np.zeros(out_features), dtype=np.float32) if bias else None
        self.w = self.weight.data
        self.b = self.bias.data if bias else np.float32(0)

    def forward(self, x):
        return Tensor(x.data @ self.w + self.b)
