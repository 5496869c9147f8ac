"""Softmax with one maximum for all rows: a row far below it gives 0 / 0."""
# loses: softmax-extreme


class Softmax:
    def __init__(self, dim=-1):
        self.dim = dim

    def forward(self, x):
        e = np.exp(x.data - x.data.max())
        return Tensor(e / e.sum(axis=self.dim, keepdims=True))

    def __call__(self, x):
        return self.forward(x)
