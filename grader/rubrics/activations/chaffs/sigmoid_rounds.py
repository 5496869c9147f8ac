"""Sigmoid rounded to four decimals."""
# loses: Sigmoid


class Sigmoid:
    def forward(self, x):
        return Tensor(np.round(1 / (1 + np.exp(-x.data)), 4))

    def __call__(self, x):
        return self.forward(x)
