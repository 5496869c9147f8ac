"""Softmax divided by the largest exponential instead of the sum."""
# loses: Softmax


class Softmax:
    def __init__(self, dim=-1):
        self.dim = dim

    def forward(self, x):
        e = np.exp(x.data)
        return Tensor(e / e.max(axis=self.dim, keepdims=True))

    def __call__(self, x):
        return self.forward(x)
