"""Tanh that gives an array instead of a Tensor."""
# loses: tanh-dtype


class Tanh:
    def forward(self, x):
        return np.tanh(x.data)

    def __call__(self, x):
        return self.forward(x)
