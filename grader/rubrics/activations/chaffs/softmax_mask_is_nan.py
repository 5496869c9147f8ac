"""Softmax that multiplies -inf by 0."""
# loses: softmax-mask


class Softmax:
    def __init__(self, dim=-1):
        self.dim = dim

    def forward(self, x):
        e = np.exp((x.data - x.data.max(axis=self.dim, keepdims=True)) * np.isfinite(x.data))
        return Tensor(e / e.sum(axis=self.dim, keepdims=True))

    def __call__(self, x):
        return self.forward(x)
