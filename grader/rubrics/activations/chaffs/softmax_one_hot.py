"""Softmax that gives the largest element everything."""
# loses: Softmax


class Softmax:
    def __init__(self, dim=-1):
        self.dim = dim

    def forward(self, x):
        top = x.data.max(axis=self.dim, keepdims=True)
        return Tensor((x.data == top).astype(x.data.dtype))

    def __call__(self, x):
        return self.forward(x)
