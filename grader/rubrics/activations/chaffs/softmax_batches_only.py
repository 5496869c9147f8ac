"""Softmax by a loop over rows, which vectors do not have."""
# loses: Softmax


class Softmax:
    def __init__(self, dim=-1):
        self.dim = dim

    def forward(self, x):
        rows = [np.exp(row - row.max()) for row in x.data]
        return Tensor(np.array([row / sum(row) for row in rows]))

    def __call__(self, x):
        return self.forward(x)
