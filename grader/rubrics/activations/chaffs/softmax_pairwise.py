"""Softmax by differences of pairs: -inf minus -inf is NaN."""
# loses: softmax-mask


class Softmax:
    def __init__(self, dim=-1):
        self.dim = dim

    def forward(self, x):
        values = np.moveaxis(x.data, self.dim, 0)
        out = [1 / np.exp(values - value).sum(axis=0) for value in values]
        return Tensor(np.moveaxis(np.array(out), 0, self.dim))

    def __call__(self, x):
        return self.forward(x)
