"""Sigmoid without the brackets under the fraction."""
# loses: Sigmoid


class Sigmoid:
    def forward(self, x):
        return Tensor(1 / 1 + np.exp(-x.data))

    def __call__(self, x):
        return self.forward(x)
