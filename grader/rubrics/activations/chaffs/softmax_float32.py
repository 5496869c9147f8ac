"""Softmax that always gives float32."""
# loses: softmax-dtype


class Softmax:
    def __init__(self, dim=-1):
        self.dim = dim

    def forward(self, x):
        e = np.exp(x.data - x.data.max(axis=self.dim, keepdims=True))
        return Tensor(e / e.sum(axis=self.dim, keepdims=True), dtype=np.float32)

    def __call__(self, x):
        return self.forward(x)
