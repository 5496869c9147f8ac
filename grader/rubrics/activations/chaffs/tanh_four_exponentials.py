"""Tanh by the formula: inf / inf for large numbers."""
# loses: tanh-extreme tanh-special


class Tanh:
    def forward(self, x):
        up, down = np.exp(x.data), np.exp(-x.data)
        return Tensor((up - down) / (up + down))

    def __call__(self, x):
        return self.forward(x)
