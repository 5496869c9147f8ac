"""Tanh that gives up at three axes."""
# loses: tanh-axes Tanh


class Tanh:
    def forward(self, x):
        if x.data.ndim > 2:
            raise ValueError("a vector or a batch expected")
        return Tensor(np.tanh(x.data))

    def __call__(self, x):
        return self.forward(x)
