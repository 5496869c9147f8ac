"""Softmax that keeps a running maximum and a running sum."""


class Softmax:
    def __init__(self, dim=-1):
        self.dim = dim

    def forward(self, x):
        values = np.moveaxis(x.data, self.dim, 0)
        top = np.full_like(values[0], np.finfo(values.dtype).min)
        total = np.zeros_like(top)
        for value in values:
            higher = np.maximum(top, value)
            total = total * np.exp(top - higher) + np.exp(value - higher)
            top = higher
        return Tensor(np.moveaxis(np.exp(values - top) / total, 0, self.dim))

    def __call__(self, x):
        return self.forward(x)
