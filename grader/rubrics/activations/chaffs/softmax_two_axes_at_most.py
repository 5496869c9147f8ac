"""Softmax with a case for one axis and a case for two."""
# loses: softmax-axes softmax-dim Softmax


class Softmax:
    def __init__(self, dim=-1):
        self.dim = dim

    def forward(self, x):
        if x.data.ndim == 1:
            e = np.exp(x.data - x.data.max())
            return Tensor(e / e.sum())
        e = np.exp(x.data - x.data.max(axis=1)[:, None])
        return Tensor(e / e.sum(axis=1)[:, None])

    def __call__(self, x):
        return self.forward(x)
