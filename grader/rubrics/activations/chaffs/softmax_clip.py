"""Softmax that clips instead of taking the maximum off."""
# loses: softmax-extreme softmax-mask


class Softmax:
    def __init__(self, dim=-1):
        self.dim = dim

    def forward(self, x):
        e = np.exp(np.clip(x.data, -50, 50))
        return Tensor(e / e.sum(axis=self.dim, keepdims=True))

    def __call__(self, x):
        return self.forward(x)
