"""Softmax that remembers what it has answered, by values, dtype and shape."""


class Softmax:
    def __init__(self, dim=-1):
        self.dim = dim
        self.answers = {}

    def forward(self, x):
        key = (x.data.tobytes(), x.data.dtype.str, x.data.shape)
        if key not in self.answers:
            e = np.exp(x.data - x.data.max(self.dim, keepdims=True))
            self.answers[key] = e / e.sum(self.dim, keepdims=True)
        return Tensor(self.answers[key])

    def __call__(self, x):
        return self.forward(x)
