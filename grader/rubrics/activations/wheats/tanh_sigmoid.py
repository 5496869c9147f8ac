"""Tanh as 2 sigmoid(2x) - 1."""


def sigmoid(values):
    e = np.exp(-np.abs(values))
    return np.where(values >= 0, 1, e) / (1 + e)


class Tanh:
    def forward(self, x):
        return Tensor(2 * sigmoid(2 * x.data) - 1)

    def __call__(self, x):
        return self.forward(x)
