"""Softmax of the softmax."""
# loses: Softmax


class Softmax:
    def __init__(self, dim=-1):
        self.dim = dim

    def forward(self, x):
        out = x.data
        for _ in range(2):
            e = np.exp(out - out.max(axis=self.dim, keepdims=True))
            out = e / e.sum(axis=self.dim, keepdims=True)
        return Tensor(out)

    def __call__(self, x):
        return self.forward(x)
