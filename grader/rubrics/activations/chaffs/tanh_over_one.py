"""Tanh a little too large, so that it passes 1."""
# loses: tanh-precision tanh-range Tanh


class Tanh:
    def forward(self, x):
        return Tensor(1.0000002 * np.tanh(x.data))

    def __call__(self, x):
        return self.forward(x)
