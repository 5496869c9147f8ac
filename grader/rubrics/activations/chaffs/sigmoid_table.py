"""Sigmoid looked up in a table."""
# loses: Sigmoid


class Sigmoid:
    def forward(self, x):
        points = np.linspace(-10, 10, 201)
        table = 1 / (1 + np.exp(-points))
        return Tensor(np.interp(x.data, points, table).astype(x.data.dtype))

    def __call__(self, x):
        return self.forward(x)
