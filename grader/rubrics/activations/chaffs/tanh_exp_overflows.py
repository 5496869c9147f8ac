"""Tanh by e^2x above and below: inf / inf for large numbers."""
# loses: tanh-extreme tanh-special


class Tanh:
    def forward(self, x):
        e = np.exp(2 * x.data)
        return Tensor((e - 1) / (e + 1))

    def __call__(self, x):
        return self.forward(x)
