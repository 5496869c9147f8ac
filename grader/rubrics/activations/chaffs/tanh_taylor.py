"""Tanh by three terms of its series."""
# loses: Tanh


class Tanh:
    def forward(self, x):
        return Tensor(x.data - x.data**3 / 3 + 2 * x.data**5 / 15)

    def __call__(self, x):
        return self.forward(x)
