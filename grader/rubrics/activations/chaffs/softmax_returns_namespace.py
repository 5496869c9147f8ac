"""Softmax that gives something else with an array in it."""
# loses: softmax-dtype


class Softmax:
    def __init__(self, dim=-1):
        self.dim = dim

    def forward(self, x):
        from types import SimpleNamespace

        e = np.exp(x.data - x.data.max(axis=self.dim, keepdims=True))
        return SimpleNamespace(data=e / e.sum(axis=self.dim, keepdims=True))

    def __call__(self, x):
        return self.forward(x)
