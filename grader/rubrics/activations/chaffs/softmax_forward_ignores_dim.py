"""forward takes the last axis, whatever dim says."""
# loses: softmax-dim


class Softmax:
    def __init__(self, dim=-1):
        self.dim = dim

    def forward(self, x, d=-1):
        e = np.exp(x.data - x.data.max(axis=d, keepdims=True))
        return Tensor(e / e.sum(axis=d, keepdims=True))

    def __call__(self, x):
        return self.forward(x, self.dim)
