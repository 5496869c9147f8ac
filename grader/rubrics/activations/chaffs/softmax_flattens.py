"""Softmax that gives one long vector."""
# loses: softmax-shape Softmax


class Softmax:
    def __init__(self, dim=-1):
        self.dim = dim

    def forward(self, x):
        e = np.exp(x.data - x.data.max(axis=self.dim, keepdims=True))
        return Tensor((e / e.sum(axis=self.dim, keepdims=True)).ravel())

    def __call__(self, x):
        return self.forward(x)
