"""Sigmoid that takes NaN for 0."""
# loses: sigmoid-special


class Sigmoid:
    def forward(self, x):
        clean = np.nan_to_num(x.data)
        return Tensor(1 / (1 + np.exp(-clean)))

    def __call__(self, x):
        return self.forward(x)
