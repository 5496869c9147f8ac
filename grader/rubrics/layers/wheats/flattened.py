"""Any number of axes as a batch of two, and back again."""


class Linear:
    def __init__(self, in_features, out_features, bias=True):
        self.shape = (in_features, out_features)
        self.weight = Tensor(
            np.random.normal(size=self.shape) / np.sqrt(in_features / 2), np.float32
        )
        self.bias = Tensor(np.zeros(out_features, np.float32)) if bias else None

    def forward(self, x):
        *front, last = x.shape
        if last != self.shape[0]:
            raise ValueError(f"Linear{self.shape} got an input of shape {x.shape}")
        flat = x.reshape(-1, last) @ self.weight
        if self.bias is not None:
            flat = flat + self.bias
        return flat.reshape(*front, self.shape[1])

    def parameters(self):
        return [self.weight, self.bias][: 1 + (self.bias is not None)]

    def count_parameters(self):
        return sum(p.size for p in self.parameters())

    def __call__(self, x):
        return self.forward(x)
