"""Softmax that takes -inf for 0."""
# loses: softmax-mask


class Softmax:
    def __init__(self, dim=-1):
        self.dim = dim

    def forward(self, x):
        clean = np.nan_to_num(x.data, neginf=0)
        e = np.exp(clean - clean.max(axis=self.dim, keepdims=True))
        return Tensor(e / e.sum(axis=self.dim, keepdims=True))

    def __call__(self, x):
        return self.forward(x)
