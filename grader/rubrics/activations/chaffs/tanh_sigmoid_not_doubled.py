"""Tanh as 2 sigmoid(x) - 1: the second 2 is missing."""
# loses: Tanh


class Tanh:
    def forward(self, x):
        return Tensor(2 / (1 + np.exp(-x.data)) - 1)

    def __call__(self, x):
        return self.forward(x)
