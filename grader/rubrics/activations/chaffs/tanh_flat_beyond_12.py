"""Tanh that is 1 a little too early."""
# loses: tanh-extreme


class Tanh:
    def forward(self, x):
        return Tensor(np.where(np.abs(x.data) > 12, np.sign(x.data), np.tanh(x.data)))

    def __call__(self, x):
        return self.forward(x)
