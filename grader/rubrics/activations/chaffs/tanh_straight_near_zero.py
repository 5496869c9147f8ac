"""Tanh that is x itself where x is small, and not small enough for that."""
# loses: tanh-extreme


class Tanh:
    def forward(self, x):
        return Tensor(np.where(np.abs(x.data) < 8e-4, x.data, np.tanh(x.data)))

    def __call__(self, x):
        return self.forward(x)
