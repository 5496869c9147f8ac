"""dim is kept by the class, so the last object made decides."""
# loses: softmax-dim


class Softmax:
    dim = -1

    def __init__(self, dim=-1):
        Softmax.dim = dim

    def forward(self, x):
        e = np.exp(x.data - x.data.max(axis=Softmax.dim, keepdims=True))
        return Tensor(e / e.sum(axis=Softmax.dim, keepdims=True))

    def __call__(self, x):
        return self.forward(x)
