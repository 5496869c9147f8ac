"""Sigmoid in two pieces that both leave out 0."""
# loses: Sigmoid


class Sigmoid:
    def forward(self, x):
        out = np.full_like(x.data, np.nan)
        up, down = x.data > 0, x.data < 0
        out[up] = 1 / (1 + np.exp(-x.data[up]))
        out[down] = np.exp(x.data[down]) / (1 + np.exp(x.data[down]))
        return Tensor(out)

    def __call__(self, x):
        return self.forward(x)
