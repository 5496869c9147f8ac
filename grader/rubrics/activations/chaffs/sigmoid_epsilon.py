"""Sigmoid with a small number added below the fraction."""
# loses: sigmoid-precision Sigmoid


class Sigmoid:
    def forward(self, x):
        return Tensor(1 / (1 + np.exp(-x.data) + 1e-8))

    def __call__(self, x):
        return self.forward(x)
