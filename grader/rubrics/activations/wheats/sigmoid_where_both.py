"""Sigmoid by a choice between two forms, both of them worked out everywhere."""


class Sigmoid:
    def forward(self, x):
        up = 1 / (1 + np.exp(-x.data))
        down = np.exp(x.data) / (1 + np.exp(x.data))
        return Tensor(np.where(x.data >= 0, up, down))

    def __call__(self, x):
        return self.forward(x)
