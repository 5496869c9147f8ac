"""Softmax over the last axis always."""
# loses: softmax-dim


class Softmax:
    def __init__(self, dim=-1):
        self.dim = dim

    def forward(self, x):
        e = np.exp(x.data - x.data.max(axis=-1, keepdims=True))
        return Tensor(e / e.sum(axis=-1, keepdims=True))

    def __call__(self, x):
        return self.forward(x)
