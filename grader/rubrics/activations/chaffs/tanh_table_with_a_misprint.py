"""Tanh that is wrong between 6.1 and 6.2 only."""
# loses: Tanh


class Tanh:
    def forward(self, x):
        misprint = (x.data > 6.1) & (x.data < 6.2)
        return Tensor(np.where(misprint, 0.9, np.tanh(x.data)))

    def __call__(self, x):
        return self.forward(x)
