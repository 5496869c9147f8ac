"""Softmax that splits its input until it holds single vectors."""


class Softmax:
    def __init__(self, dim=-1):
        self.dim = dim

    def _softmax(self, values):
        if values.ndim > 1:
            return np.array([self._softmax(part) for part in values])
        e = np.exp(values - values.max())
        return e / e.sum()

    def forward(self, x):
        values = np.swapaxes(x.data, self.dim, -1)
        return Tensor(np.swapaxes(self._softmax(values), self.dim, -1))

    def __call__(self, x):
        return self.forward(x)
