"""Tanh that works in its input."""
# loses: tanh-input


class Tanh:
    def forward(self, x):
        np.tanh(x.data, out=x.data)
        return Tensor(x.data)

    def __call__(self, x):
        return self.forward(x)
