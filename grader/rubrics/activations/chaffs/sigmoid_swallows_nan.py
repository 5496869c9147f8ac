"""Sigmoid in two pieces on zeros, where NaN stays 0."""
# loses: sigmoid-special


class Sigmoid:
    def forward(self, x):
        out = np.zeros_like(x.data)
        up, down = x.data >= 0, x.data < 0
        out[up] = 1 / (1 + np.exp(-x.data[up]))
        out[down] = np.exp(x.data[down]) / (1 + np.exp(x.data[down]))
        return Tensor(out)

    def __call__(self, x):
        return self.forward(x)
