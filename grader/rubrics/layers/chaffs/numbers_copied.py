"""Goes by a copy of its first numbers."""
# loses: linear-vector linear-batch Linear
# rest: source


class Linear:
    def __init__(self, in_features, out_features, bias=True):
        self.weight = Tensor(
            np.random.normal(0, np.sqrt(2 / in_features), (in_features, out_features)),
            dtype=np.float32,
        )
        self.bias = Tensor(np.zeros(out_features), dtype=np.float32) if bias else None
        self.w = self.weight.data.copy()
        self.b = self.bias.data.copy() if bias else 0

    def forward(self, x):
        return Tensor(x.data @ self.w + self.b)
