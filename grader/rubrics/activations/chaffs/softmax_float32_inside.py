"""Softmax worked out in float32 and called float64."""
# loses: softmax-precision softmax-extreme Softmax


class Softmax:
    def __init__(self, dim=-1):
        self.dim = dim

    def forward(self, x):
        narrow = x.data.astype(np.float32)
        e = np.exp(narrow - narrow.max(axis=self.dim, keepdims=True))
        return Tensor((e / e.sum(axis=self.dim, keepdims=True)).astype(x.data.dtype))

    def __call__(self, x):
        return self.forward(x)
