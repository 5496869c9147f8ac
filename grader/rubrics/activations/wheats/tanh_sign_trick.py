"""Tanh of |x| with the sign put back."""


class Tanh:
    def forward(self, x):
        e = np.exp(-2 * np.abs(x.data))
        return Tensor(np.copysign((1 - e) / (1 + e), x.data))

    def __call__(self, x):
        return self.forward(x)
