"""A buffer of the first input's shape is used for ever."""
# loses: sigmoid-repeat


class Sigmoid:
    def __init__(self):
        self.buf = None

    def forward(self, x):
        if self.buf is None:
            self.buf = np.empty_like(x.data)
        np.exp(-np.abs(x.data), out=self.buf)
        z = self.buf
        return Tensor(np.where(x.data >= 0, 1 / (1 + z), z / (1 + z)))

    def __call__(self, x):
        return self.forward(x)
