"""Tanh that always gives float64."""
# loses: tanh-dtype


class Tanh:
    def forward(self, x):
        return Tensor(np.tanh(x.data, dtype=np.float64))

    def __call__(self, x):
        return self.forward(x)
