"""A normal distribution without its tails, drawn until it fits and scaled to its deviation."""


class Linear:
    def __init__(self, in_features, out_features, bias=True):
        numbers = np.random.randn(in_features, out_features)
        while (np.abs(numbers) > 2).any():
            far = np.abs(numbers) > 2
            numbers[far] = np.random.randn(far.sum())
        numbers *= np.sqrt(2 / in_features) / 0.87962566103423978
        self.weight = Tensor(numbers, dtype=np.float32)
        self.bias = None
        if bias:
            self.bias = Tensor(np.zeros_like(numbers[0]), dtype=np.float32)

    def forward(self, x):
        y = (self.weight.T.data @ x.data[..., None])[..., 0]
        return Tensor(y) if self.bias is None else Tensor(y) + self.bias.data

    def parameters(self):
        return [self.weight] if self.bias is None else [self.weight, self.bias]

    def count_parameters(self):
        return sum([p.size for p in self.parameters()], 0)

    def __call__(self, x):
        return self.forward(x)
