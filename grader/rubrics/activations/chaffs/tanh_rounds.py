"""Tanh rounded to four decimals."""
# loses: Tanh


class Tanh:
    def forward(self, x):
        return Tensor(np.tanh(x.data).round(4))

    def __call__(self, x):
        return self.forward(x)
