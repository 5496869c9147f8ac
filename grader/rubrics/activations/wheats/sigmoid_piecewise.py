"""Sigmoid as a function in two pieces."""


def rising(values):
    return 1 / (1 + np.exp(-values))


def falling(values):
    return np.exp(values) / (1 + np.exp(values))


class Sigmoid:
    def forward(self, x):
        return Tensor(np.piecewise(x.data, [x.data >= 0], [rising, falling]))

    def __call__(self, x):
        return self.forward(x)
