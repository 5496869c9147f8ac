"""Sigmoid that is a constant where it thinks that the curve is flat."""
# loses: sigmoid-extreme


class Sigmoid:
    def forward(self, x):
        out = 1 / (1 + np.exp(-x.data))
        flat = (x.data < -42) & (x.data > -44)
        return Tensor(np.where(flat, out.dtype.type(1e-15), out))

    def __call__(self, x):
        return self.forward(x)
