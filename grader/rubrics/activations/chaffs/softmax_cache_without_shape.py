"""Softmax that remembers answers by their bytes and forgets the shape."""
# loses: softmax-dim softmax-repeat


class Softmax:
    def __init__(self, dim=-1):
        self.dim = dim
        self.known = {}

    def forward(self, x):
        key = x.data.tobytes()
        if key not in self.known:
            e = np.exp(x.data - x.data.max(axis=self.dim, keepdims=True))
            self.known[key] = e / e.sum(axis=self.dim, keepdims=True)
        if self.known[key].ndim != x.data.ndim:
            return Tensor(np.ones_like(x.data) * self.known[key].sum())
        return Tensor(self.known[key])

    def __call__(self, x):
        return self.forward(x)
