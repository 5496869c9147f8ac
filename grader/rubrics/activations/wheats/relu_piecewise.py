"""ReLU as a function in two pieces."""


class ReLU:
    def forward(self, x):
        return Tensor(np.piecewise(x.data, [x.data < 0], [0, lambda v: v]))

    def __call__(self, x):
        return self.forward(x)
