"""Softmax as the exponential of its logarithm."""


class Softmax:
    def __init__(self, dim=-1):
        self.dim = dim

    def forward(self, x):
        shifted = x.data - x.data.max(axis=self.dim, keepdims=True)
        total = np.exp(shifted).sum(axis=self.dim, keepdims=True)
        return Tensor(np.exp(shifted - np.log(total)))

    def __call__(self, x):
        return self.forward(x)
