"""Softmax with its axis moved to the front, where no keepdims is needed."""


class Softmax:
    def __init__(self, dim=-1):
        self.dim = dim

    def forward(self, x):
        front = np.moveaxis(x.data, self.dim, 0)
        e = np.exp(front - front.max(axis=0))
        return Tensor(np.moveaxis(e / e.sum(axis=0), 0, self.dim))

    def __call__(self, x):
        return self.forward(x)
