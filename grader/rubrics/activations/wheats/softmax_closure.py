"""Softmax whose work is a function made when the class is."""


def softmax_along(dim):
    def softmax(values):
        e = np.exp(values - values.max(dim, keepdims=True))
        return e / e.sum(dim, keepdims=True)

    return softmax


class Softmax:
    def __init__(self, dim=-1):
        self.softmax = softmax_along(dim)

    def forward(self, x):
        return Tensor(self.softmax(x.data))

    def __call__(self, x):
        return self.forward(x)
