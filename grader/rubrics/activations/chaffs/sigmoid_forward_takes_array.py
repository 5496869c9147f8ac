"""Sigmoid whose forward takes and gives bare arrays."""
# loses: sigmoid-dtype


class Sigmoid:
    def forward(self, values):
        return np.exp(np.minimum(values, 0)) / (1 + np.exp(-np.abs(values)))

    def __call__(self, x):
        return Tensor(self.forward(x.data))
