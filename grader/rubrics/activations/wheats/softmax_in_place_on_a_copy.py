"""Softmax step by step on one copy."""


class Softmax:
    def __init__(self, dim=-1):
        self.dim = dim

    def forward(self, x):
        out = np.array(x.data, copy=True)
        out -= out.max(axis=self.dim, keepdims=True)
        np.exp(out, out=out)
        out /= out.sum(axis=self.dim, keepdims=True)
        return Tensor(out)

    def __call__(self, x):
        return self.forward(x)
