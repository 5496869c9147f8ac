"""Softmax with expand_dims in the place of keepdims, and the shift negated."""


class Softmax:
    def __init__(self, dim=-1):
        self.dim = dim

    def forward(self, x):
        top = np.expand_dims(np.maximum.reduce(x.data, self.dim), self.dim)
        e = np.exp(-(top - x.data))
        total = np.expand_dims(np.add.reduce(e, self.dim), self.dim)
        return Tensor(np.true_divide(e, total))

    def __call__(self, x):
        return self.forward(x)
