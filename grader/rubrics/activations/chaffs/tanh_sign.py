"""The sign for tanh."""
# loses: Tanh


class Tanh:
    def forward(self, x):
        return Tensor(np.sign(x.data))

    def __call__(self, x):
        return self.forward(x)
