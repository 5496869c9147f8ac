"""ReLU that gives a single number one axis."""
# loses: relu-shape


class ReLU:
    def forward(self, x):
        return Tensor(np.atleast_1d(np.maximum(x.data, 0)))

    def __call__(self, x):
        return self.forward(x)
