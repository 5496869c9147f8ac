"""Softmax that gives every element the same."""
# loses: Softmax


class Softmax:
    def __init__(self, dim=-1):
        self.dim = dim

    def forward(self, x):
        return Tensor(np.ones_like(x.data) / x.data.shape[self.dim])

    def __call__(self, x):
        return self.forward(x)
