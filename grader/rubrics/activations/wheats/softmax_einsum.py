"""Softmax that adds up with einsum."""


class Softmax:
    def __init__(self, dim=-1):
        self.dim = dim

    def forward(self, x):
        last = np.swapaxes(x.data, self.dim, -1)
        e = np.exp(last - last.max(axis=-1, keepdims=True))
        total = np.einsum("...i->...", e)
        return Tensor(np.swapaxes(e / total[..., None], self.dim, -1))

    def __call__(self, x):
        return self.forward(x)
