"""The same Tensor is given out every time, with new data."""
# loses: tanh-repeat


class Tanh:
    def __init__(self):
        self.out = None

    def forward(self, x):
        r = Tensor(np.tanh(x.data))
        if self.out is None:
            self.out = r
        self.out.data = r.data
        return self.out

    def __call__(self, x):
        return self.forward(x)
