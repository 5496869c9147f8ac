"""Softmax in which Tensor does all but the exponential."""


class Softmax:
    def __init__(self, dim=-1):
        self.dim = dim

    def forward(self, x):
        shifted = x - x.max(axis=self.dim, keepdims=True)
        e = Tensor(np.exp(shifted.data))
        return e / e.sum(axis=self.dim, keepdims=True)

    def __call__(self, x):
        return self.forward(x)
