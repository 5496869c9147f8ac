"""Softmax with noise too small to be seen in float32."""
# loses: softmax-precision Softmax


class Softmax:
    def __init__(self, dim=-1):
        self.dim = dim

    def forward(self, x):
        noise = np.random.normal(0, 1e-9, x.data.shape)
        e = np.exp(x.data - x.data.max(axis=self.dim, keepdims=True) + noise.astype(x.data.dtype))
        return Tensor(e / e.sum(axis=self.dim, keepdims=True))

    def __call__(self, x):
        return self.forward(x)
