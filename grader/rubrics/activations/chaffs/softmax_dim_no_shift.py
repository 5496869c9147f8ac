"""Only the last axis is shifted."""
# loses: softmax-dim


class Softmax:
    def __init__(self, dim=-1):
        self.dim = dim

    def forward(self, x):
        z = x.data
        if self.dim == -1:
            z = z - z.max(axis=-1, keepdims=True)
        e = np.exp(z)
        return Tensor(e / e.sum(axis=self.dim, keepdims=True))

    def __call__(self, x):
        return self.forward(x)
