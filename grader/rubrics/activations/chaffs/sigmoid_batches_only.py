"""Sigmoid by two loops, which need two axes."""
# loses: Sigmoid


class Sigmoid:
    def forward(self, x):
        out = np.empty_like(x.data)
        rows, columns = x.data.shape
        for i in range(rows):
            for j in range(columns):
                out[i, j] = 1 / (1 + np.exp(-x.data[i, j]))
        return Tensor(out)

    def __call__(self, x):
        return self.forward(x)
