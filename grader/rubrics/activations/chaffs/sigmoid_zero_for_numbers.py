"""A single number gives 0."""
# loses: sigmoid-shape


class Sigmoid:
    def forward(self, x):
        if x.data.ndim == 0 and np.isfinite(x.data):
            return Tensor(np.zeros((), x.dtype))
        z = np.exp(-np.abs(x.data))
        r = np.where(x.data >= 0, 1 / (1 + z), z / (1 + z))
        return Tensor(np.where(np.isnan(x.data), x.data, r))

    def __call__(self, x):
        return self.forward(x)
