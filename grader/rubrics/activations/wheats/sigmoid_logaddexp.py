"""Sigmoid as the exponential of its logarithm."""


class Sigmoid:
    def forward(self, x):
        return Tensor(np.exp(-np.logaddexp(0, -x.data)))

    def __call__(self, x):
        return self.forward(x)
