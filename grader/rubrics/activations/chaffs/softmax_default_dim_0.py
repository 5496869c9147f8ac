"""Softmax with the first axis for a default."""
# loses: softmax-batch softmax-axes Softmax


class Softmax:
    def __init__(self, dim=0):
        self.dim = dim

    def forward(self, x):
        e = np.exp(x.data - x.data.max(axis=self.dim, keepdims=True))
        return Tensor(e / e.sum(axis=self.dim, keepdims=True))

    def __call__(self, x):
        return self.forward(x)
