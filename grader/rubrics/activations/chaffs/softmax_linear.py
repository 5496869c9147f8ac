"""Softmax without exponentials."""
# loses: Softmax


class Softmax:
    def __init__(self, dim=-1):
        self.dim = dim

    def forward(self, x):
        return Tensor(x.data / x.data.sum(axis=self.dim, keepdims=True))

    def __call__(self, x):
        return self.forward(x)
