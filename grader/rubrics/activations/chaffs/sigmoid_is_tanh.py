"""Tanh for sigmoid."""
# loses: Sigmoid


class Sigmoid:
    def forward(self, x):
        return Tensor(np.tanh(x.data))

    def __call__(self, x):
        return self.forward(x)
