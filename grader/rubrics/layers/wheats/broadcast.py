"""Products of everything with everything, summed over the inputs, in float64."""


class Linear:
    def __init__(self, in_features, out_features, bias=True):
        unit = np.random.random((in_features, out_features)) * 2 - 1  # deviation 1 / sqrt(3)
        self.weight = Tensor(unit * np.sqrt(3) * np.sqrt(2 / in_features), np.float32)
        self.bias = Tensor(np.zeros(out_features), np.float32) if bias else None

    def forward(self, x):
        if x.shape[-1] != self.weight.shape[0]:
            raise ValueError("wrong number of features")
        y = (x.data[..., :, None].astype(np.float64) * self.weight.data).sum(axis=-2)
        if self.bias is not None:
            y = y + self.bias.data
        return Tensor(y, dtype=x.dtype)

    def parameters(self):
        return [self.weight] + [self.bias] * (self.bias is not None)

    def count_parameters(self):
        return np.sum([p.size for p in self.parameters()])

    def __call__(self, x):
        return self.forward(x)
