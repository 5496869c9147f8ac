"""Sigmoid as a tanh of half the input."""


class Sigmoid:
    def forward(self, x):
        return Tensor(0.5 * (1 + np.tanh(x.data / 2)))

    def __call__(self, x):
        return self.forward(x)
