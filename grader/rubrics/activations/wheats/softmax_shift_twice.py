"""Softmax that takes the maximum off twice, the second time for nothing."""


class Softmax:
    def __init__(self, dim=-1):
        self.dim = dim

    def forward(self, x):
        shifted = x.data
        for _ in range(2):
            shifted = shifted - shifted.max(axis=self.dim, keepdims=True)
        e = np.exp(shifted)
        return Tensor(e / e.sum(axis=self.dim, keepdims=True))

    def __call__(self, x):
        return self.forward(x)
