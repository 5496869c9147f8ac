"""ReLU by np.max, whose second argument is an axis."""
# loses: ReLU


class ReLU:
    def forward(self, x):
        return Tensor(np.max(x.data, 0))

    def __call__(self, x):
        return self.forward(x)
