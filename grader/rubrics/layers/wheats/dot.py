"""np.dot, uniform weights, and counts from the sizes."""


class Linear:
    def __init__(self, in_features, out_features, bias=True):
        self.in_features, self.out_features = in_features, out_features
        limit = np.sqrt(6 / in_features)
        weights = np.random.uniform(-limit, limit, size=(in_features, out_features))
        self.weight = Tensor(weights, dtype=np.float32)
        self.bias = Tensor([0.0] * out_features) if bias else None

    def forward(self, x):
        y = np.dot(x.data, self.weight.data)
        if self.bias is not None:
            y += self.bias.data
        return Tensor(y)

    def parameters(self):
        return [p for p in (self.weight, self.bias) if p is not None]

    def count_parameters(self):
        n = self.in_features * self.out_features
        return n + self.out_features if self.bias is not None else n

    def __call__(self, x):
        return self.forward(x)
