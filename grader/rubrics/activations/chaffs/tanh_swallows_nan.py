"""Tanh that turns NaN into 0."""
# loses: tanh-special


class Tanh:
    def forward(self, x):
        return Tensor(np.nan_to_num(np.tanh(x.data)))

    def __call__(self, x):
        return self.forward(x)
