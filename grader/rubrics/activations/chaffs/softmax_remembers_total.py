"""Softmax that adds to the sum of the last call."""
# loses: softmax-repeat Softmax


class Softmax:
    def __init__(self, dim=-1):
        self.dim = dim
        self.total = 0

    def forward(self, x):
        e = np.exp(x.data - x.data.max(axis=self.dim, keepdims=True))
        self.total = self.total + e.sum(axis=self.dim, keepdims=True)
        return Tensor(e / self.total)

    def __call__(self, x):
        return self.forward(x)
