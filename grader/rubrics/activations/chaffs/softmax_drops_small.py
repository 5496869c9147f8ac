"""Softmax that gives nothing to the unlikely."""
# loses: Softmax


class Softmax:
    def __init__(self, dim=-1):
        self.dim = dim

    def forward(self, x):
        e = np.exp(x.data - x.data.max(axis=self.dim, keepdims=True))
        out = e / e.sum(axis=self.dim, keepdims=True)
        return Tensor(np.where(out < 0.001, 0, out))

    def __call__(self, x):
        return self.forward(x)
