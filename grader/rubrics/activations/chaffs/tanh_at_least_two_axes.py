"""Tanh that makes a batch of everything."""
# loses: tanh-shape


class Tanh:
    def forward(self, x):
        return Tensor(np.atleast_2d(np.tanh(x.data)))

    def __call__(self, x):
        return self.forward(x)
