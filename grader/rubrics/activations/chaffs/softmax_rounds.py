"""Softmax rounded to four decimals."""
# loses: Softmax


class Softmax:
    def __init__(self, dim=-1):
        self.dim = dim

    def forward(self, x):
        e = np.exp(x.data - x.data.max(axis=self.dim, keepdims=True))
        return Tensor(np.round(e / e.sum(axis=self.dim, keepdims=True), 4))

    def __call__(self, x):
        return self.forward(x)
