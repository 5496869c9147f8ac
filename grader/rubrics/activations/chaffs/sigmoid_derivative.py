"""The derivative of sigmoid instead of sigmoid."""
# loses: Sigmoid


class Sigmoid:
    def forward(self, x):
        s = 1 / (1 + np.exp(-x.data))
        return Tensor(s * (1 - s))

    def __call__(self, x):
        return self.forward(x)
