"""Sigmoid with a small number taken off below: above 1."""
# loses: sigmoid-precision sigmoid-range Sigmoid


class Sigmoid:
    def forward(self, x):
        return Tensor(1 / (1 + np.exp(-x.data) - 1e-8))

    def __call__(self, x):
        return self.forward(x)
