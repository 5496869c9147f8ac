"""Tanh by a Padé approximation."""
# loses: Tanh


class Tanh:
    def forward(self, x):
        square = np.clip(x.data, -3, 3) ** 2
        return Tensor(np.clip(x.data, -3, 3) * (27 + square) / (27 + 9 * square))

    def __call__(self, x):
        return self.forward(x)
