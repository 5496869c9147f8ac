"""Softmax of one vector, applied along the axis."""


def softmax(vector):
    e = np.exp(vector - vector.max())
    return e / e.sum()


class Softmax:
    def __init__(self, dim=-1):
        self.dim = dim

    def forward(self, x):
        return Tensor(np.apply_along_axis(softmax, self.dim, x.data))

    def __call__(self, x):
        return self.forward(x)
