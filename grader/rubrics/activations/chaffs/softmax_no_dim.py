"""Softmax that takes no dim."""
# loses: softmax-dim


class Softmax:
    def forward(self, x):
        e = np.exp(x.data - x.data.max(axis=-1, keepdims=True))
        return Tensor(e / e.sum(axis=-1, keepdims=True))

    def __call__(self, x):
        return self.forward(x)
