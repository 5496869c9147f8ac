"""Draws its weights when it is first called."""
# loses: Linear linear-weight linear-scale
# rest: source


class Linear:
    def __init__(self, in_features, out_features, bias=True):
        self.shape = (in_features, out_features)
        self.weight = None
        self.bias = Tensor(np.zeros(out_features), dtype=np.float32) if bias else None

    def forward(self, x):
        if self.weight is None:
            numbers = np.random.normal(0, np.sqrt(2 / self.shape[0]), self.shape)
            self.weight = Tensor(numbers, dtype=np.float32)
        y = x @ self.weight
        return y if self.bias is None else y + self.bias
