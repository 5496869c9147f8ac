"""The derivative of tanh instead of tanh."""
# loses: Tanh


class Tanh:
    def forward(self, x):
        return Tensor(1 - np.tanh(x.data) ** 2)

    def __call__(self, x):
        return self.forward(x)
