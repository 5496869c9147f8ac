"""Softmax with everything halved first."""
# loses: Softmax


class Softmax:
    def __init__(self, dim=-1):
        self.dim = dim

    def forward(self, x):
        half = x.data / 2
        e = np.exp(half - half.max(axis=self.dim, keepdims=True))
        return Tensor(e / e.sum(axis=self.dim, keepdims=True))

    def __call__(self, x):
        return self.forward(x)
