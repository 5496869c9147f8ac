"""Sigmoid that always gives float64."""
# loses: sigmoid-dtype


class Sigmoid:
    def forward(self, x):
        wide = x.data.astype(np.float64)
        return Tensor(1 / (1 + np.exp(-wide)))

    def __call__(self, x):
        return self.forward(x)
