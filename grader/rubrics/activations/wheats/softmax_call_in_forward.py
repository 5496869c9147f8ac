"""Softmax worked out in __call__, with a default on the class."""


class Softmax:
    dim = -1

    def __init__(self, dim=None):
        if dim is not None:
            self.dim = dim

    def __call__(self, x):
        e = np.exp(x.data - np.nanmax(x.data, axis=self.dim, keepdims=True))
        return Tensor(e * (1 / e.sum(axis=self.dim, keepdims=True)))

    def forward(self, x):
        return self(x)
