"""Softmax that adds up by a product with ones."""


class Softmax:
    def __init__(self, dim=-1):
        self.dim = dim

    def forward(self, x):
        last = np.swapaxes(x.data, self.dim, -1)
        e = np.exp(last - last.max(axis=-1, keepdims=True))
        total = e @ np.ones((e.shape[-1], 1), dtype=e.dtype)
        return Tensor(np.swapaxes(e / total, self.dim, -1))

    def __call__(self, x):
        return self.forward(x)
