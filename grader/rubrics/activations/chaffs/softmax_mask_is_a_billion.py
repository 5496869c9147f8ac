"""Softmax that takes -inf for a number that is small enough beside plain ones only."""
# loses: softmax-mask


class Softmax:
    def __init__(self, dim=-1):
        self.dim = dim

    def forward(self, x):
        clean = np.where(np.isneginf(x.data), x.data.dtype.type(-1e9), x.data)
        e = np.exp(clean - clean.max(axis=self.dim, keepdims=True))
        return Tensor(e / e.sum(axis=self.dim, keepdims=True))

    def __call__(self, x):
        return self.forward(x)
