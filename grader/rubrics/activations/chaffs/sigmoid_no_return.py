"""Sigmoid that forgets to return."""
# loses: Sigmoid


class Sigmoid:
    def forward(self, x):
        out = Tensor(1 / (1 + np.exp(-x.data)))

    def __call__(self, x):
        return self.forward(x)
