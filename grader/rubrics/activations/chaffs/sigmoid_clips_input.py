"""The input itself is clipped."""
# loses: sigmoid-input


class Sigmoid:
    def forward(self, x):
        np.clip(x.data, -500, 500, out=x.data)
        return Tensor(1 / (1 + np.exp(-x.data)))

    def __call__(self, x):
        return self.forward(x)
