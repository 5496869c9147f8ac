"""-inf in the input itself is replaced."""
# loses: softmax-input


class Softmax:
    def __init__(self, dim=-1):
        self.dim = dim

    def forward(self, x):
        x.data[np.isinf(x.data)] = np.finfo(x.data.dtype).min
        e = np.exp(x.data - x.data.max(axis=self.dim, keepdims=True))
        return Tensor(e / e.sum(axis=self.dim, keepdims=True))

    def __call__(self, x):
        return self.forward(x)
