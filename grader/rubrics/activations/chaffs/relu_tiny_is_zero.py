"""ReLU that takes very small numbers for 0."""
# loses: relu-extreme


class ReLU:
    def forward(self, x):
        return Tensor(np.where(x.data < 1e-12, 0, x.data))

    def __call__(self, x):
        return self.forward(x)
