"""Softmax as one over the sum of the exponentials of the differences."""


class Softmax:
    def __init__(self, dim=-1):
        self.dim = dim

    def forward(self, x):
        values = np.moveaxis(x.data, self.dim, 0)
        out = np.zeros_like(values)
        for i, value in enumerate(values):
            seen = np.where(np.isneginf(value), 0, value)
            sums = np.exp(values - seen).sum(axis=0)
            out[i, ...] = np.where(np.isneginf(value), 0, 1 / sums)
        return Tensor(np.moveaxis(out, 0, self.dim))

    def __call__(self, x):
        return self.forward(x)
