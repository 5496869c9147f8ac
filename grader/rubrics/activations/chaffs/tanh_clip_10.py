"""Tanh that clips at 10: never reaches 1."""
# loses: tanh-extreme tanh-special


class Tanh:
    def forward(self, x):
        return Tensor(np.tanh(np.clip(x.data, -10, 10)))

    def __call__(self, x):
        return self.forward(x)
