"""Sigmoid that gives float64 where it has to be careful."""
# loses: sigmoid-dtype


class Sigmoid:
    def forward(self, x):
        values = x.data.astype(np.float64) if np.abs(x.data).max() > 80 else x.data
        return Tensor(np.exp(np.minimum(values, 0)) / (1 + np.exp(-np.abs(values))))

    def __call__(self, x):
        return self.forward(x)
