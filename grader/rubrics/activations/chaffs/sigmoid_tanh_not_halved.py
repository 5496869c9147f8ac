"""Sigmoid by tanh of x instead of x / 2."""
# loses: Sigmoid


class Sigmoid:
    def forward(self, x):
        return Tensor(0.5 * (1 + np.tanh(x.data)))

    def __call__(self, x):
        return self.forward(x)
