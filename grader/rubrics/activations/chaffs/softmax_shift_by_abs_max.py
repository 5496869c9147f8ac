"""Softmax with the largest |x| taken off instead of the maximum."""
# loses: softmax-extreme softmax-mask


class Softmax:
    def __init__(self, dim=-1):
        self.dim = dim

    def forward(self, x):
        e = np.exp(x.data - np.abs(x.data).max(axis=self.dim, keepdims=True))
        return Tensor(e / e.sum(axis=self.dim, keepdims=True))

    def __call__(self, x):
        return self.forward(x)
