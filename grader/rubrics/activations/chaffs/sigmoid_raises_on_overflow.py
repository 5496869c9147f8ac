"""Sigmoid that raises where e^-x overflows."""
# loses: sigmoid-extreme


class Sigmoid:
    def forward(self, x):
        with np.errstate(over="raise"):
            return Tensor(1 / (1 + np.exp(-x.data)))

    def __call__(self, x):
        return self.forward(x)
