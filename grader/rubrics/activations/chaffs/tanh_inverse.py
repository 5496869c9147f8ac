"""The inverse of tanh."""
# loses: Tanh


class Tanh:
    def forward(self, x):
        return Tensor(np.arctanh(x.data))

    def __call__(self, x):
        return self.forward(x)
