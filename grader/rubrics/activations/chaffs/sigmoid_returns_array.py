"""Sigmoid that gives an array instead of a Tensor."""
# loses: sigmoid-dtype


class Sigmoid:
    def forward(self, x):
        return 1 / (1 + np.exp(-x.data))

    def __call__(self, x):
        return self.forward(x)
