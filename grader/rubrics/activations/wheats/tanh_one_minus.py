"""Tanh as 1 - 2 / (e^2x + 1), which survives an overflow."""


class Tanh:
    def forward(self, x):
        with np.errstate(over="ignore"):
            return Tensor(1 - 2 / (np.exp(2 * x.data) + 1))

    def __call__(self, x):
        return self.forward(x)
