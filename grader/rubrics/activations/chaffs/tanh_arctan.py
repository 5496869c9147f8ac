"""Arctan for tanh."""
# loses: Tanh


class Tanh:
    def forward(self, x):
        return Tensor(np.arctan(x.data))

    def __call__(self, x):
        return self.forward(x)
