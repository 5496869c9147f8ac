"""Sigmoid that drops axes of length 1."""
# loses: sigmoid-shape


class Sigmoid:
    def forward(self, x):
        return Tensor(np.squeeze(1 / (1 + np.exp(-x.data))))

    def __call__(self, x):
        return self.forward(x)
