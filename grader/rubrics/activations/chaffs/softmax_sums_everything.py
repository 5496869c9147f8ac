"""Softmax over everything at once: right for vectors only."""
# loses: softmax-batch softmax-axes softmax-sum softmax-dim softmax-rows Softmax


class Softmax:
    def __init__(self, dim=-1):
        self.dim = dim

    def forward(self, x):
        e = np.exp(x.data - x.data.max())
        return Tensor(e / e.sum())

    def __call__(self, x):
        return self.forward(x)
