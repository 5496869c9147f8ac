"""Softmax that puts a builtin to another use."""

# loses: softmax-repeat
import builtins


class Softmax:
    def __init__(self, dim=-1):
        self.dim = dim

    def forward(self, x):
        builtins.max = np.max
        e = np.exp(x.data - x.data.max(self.dim, keepdims=True))
        return Tensor(e / e.sum(self.dim, keepdims=True))

    def __call__(self, x):
        return self.forward(x)
