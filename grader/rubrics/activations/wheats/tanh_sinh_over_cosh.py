"""Tanh as sinh over cosh, clipped before they overflow: may pass 1 by a rounding."""


class Tanh:
    def forward(self, x):
        near = np.clip(x.data, -40, 40)
        return Tensor(np.sinh(near) / np.cosh(near))

    def __call__(self, x):
        return self.forward(x)
