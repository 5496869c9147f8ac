"""Tanh by expm1, which stays precise near 0."""


class Tanh:
    def forward(self, x):
        e = np.expm1(-2 * np.abs(x.data))
        return Tensor(np.sign(x.data) * (-e / (e + 2)))

    def __call__(self, x):
        return self.forward(x)
