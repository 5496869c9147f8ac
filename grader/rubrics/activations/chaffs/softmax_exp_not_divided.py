"""Softmax that forgets to divide."""
# loses: Softmax


class Softmax:
    def __init__(self, dim=-1):
        self.dim = dim

    def forward(self, x):
        return Tensor(np.exp(x.data - x.data.max(axis=self.dim, keepdims=True)))

    def __call__(self, x):
        return self.forward(x)
