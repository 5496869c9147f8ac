"""Softmax that always gives float64."""
# loses: softmax-dtype


class Softmax:
    def __init__(self, dim=-1):
        self.dim = dim

    def forward(self, x):
        wide = x.data.astype(np.float64)
        e = np.exp(wide - wide.max(axis=self.dim, keepdims=True))
        return Tensor(e / e.sum(axis=self.dim, keepdims=True))

    def __call__(self, x):
        return self.forward(x)
