"""Sigmoid that works in its input."""
# loses: sigmoid-input


class Sigmoid:
    def forward(self, x):
        np.exp(-x.data, out=x.data)
        return Tensor(1 / (1 + x.data))

    def __call__(self, x):
        return self.forward(x)
