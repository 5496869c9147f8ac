"""Sigmoid that asks for 40 GB."""
# loses: Sigmoid


class Sigmoid:
    def forward(self, x):
        ones = np.ones(5_000_000_000)
        return Tensor(ones[: x.data.size].reshape(x.data.shape) / (1 + np.exp(-x.data)))

    def __call__(self, x):
        return self.forward(x)
