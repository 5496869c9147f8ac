"""Sigmoid with one exponential, of -|x|."""


class Sigmoid:
    def forward(self, x):
        e = np.exp(-np.abs(x.data))
        return Tensor(np.where(x.data >= 0, 1, e) / (1 + e))

    def __call__(self, x):
        return self.forward(x)
