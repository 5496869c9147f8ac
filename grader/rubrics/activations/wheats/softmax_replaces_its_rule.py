"""Softmax that installs another rule when the number of axes changes, in a class and in a global."""


def of_vector(d, dim):
    e = np.exp(d - d.max())
    return e / e.sum()


def of_batch(d, dim):
    e = np.exp(d - d.max(axis=dim, keepdims=True))
    return e / e.sum(axis=dim, keepdims=True)


rule = of_vector


class Softmax:
    vector = True
    rule = staticmethod(of_vector)

    def __init__(self, dim=-1):
        self.dim = dim

    def forward(self, x):
        global rule
        vector = x.data.ndim == 1
        if vector != Softmax.vector:
            Softmax.vector = vector
            Softmax.rule = staticmethod(of_vector if vector else of_batch)
            rule = Softmax.rule
        return Tensor((rule(x.data, self.dim) + Softmax.rule(x.data, self.dim)) / 2)

    def __call__(self, x):
        return self.forward(x)
