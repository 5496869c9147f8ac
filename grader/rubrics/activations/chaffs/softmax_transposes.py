"""Softmax by .T, which mixes up three axes."""
# loses: softmax-axes softmax-dim Softmax


class Softmax:
    def __init__(self, dim=-1):
        self.dim = dim

    def forward(self, x):
        e = np.exp(x.data.T - x.data.max(axis=-1))
        return Tensor((e / e.sum(axis=0)).T)

    def __call__(self, x):
        return self.forward(x)
