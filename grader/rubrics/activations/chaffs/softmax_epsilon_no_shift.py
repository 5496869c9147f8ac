"""Softmax without the shift, with a small number added to the sum."""
# loses: softmax-extreme softmax-shift Softmax


class Softmax:
    def __init__(self, dim=-1):
        self.dim = dim

    def forward(self, x):
        e = np.exp(x.data)
        return Tensor(e / (e.sum(axis=self.dim, keepdims=True) + 1e-11))

    def __call__(self, x):
        return self.forward(x)
