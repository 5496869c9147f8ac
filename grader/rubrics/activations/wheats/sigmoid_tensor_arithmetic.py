"""Sigmoid in which Tensor does the adding and the dividing."""


class Sigmoid:
    def forward(self, x):
        one = Tensor(np.ones_like(x.data))
        e = Tensor(np.exp(-x.data))
        return one / (one + e)

    def __call__(self, x):
        return self.forward(x)
