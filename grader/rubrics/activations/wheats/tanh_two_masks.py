"""Tanh with one form for each sign."""


class Tanh:
    def forward(self, x):
        out = x.data.copy()
        up, down = out > 0, out < 0
        shrinking = np.exp(-2 * out[up])
        out[up] = (1 - shrinking) / (1 + shrinking)
        shrinking = np.exp(2 * out[down])
        out[down] = (shrinking - 1) / (shrinking + 1)
        return Tensor(out)

    def __call__(self, x):
        return self.forward(x)
