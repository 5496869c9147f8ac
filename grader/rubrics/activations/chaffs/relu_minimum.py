"""ReLU with the minimum for the maximum."""
# loses: ReLU


class ReLU:
    def forward(self, x):
        return Tensor(np.minimum(0, x.data))

    def __call__(self, x):
        return self.forward(x)
