"""ReLU that drops axes of length 1."""
# loses: relu-shape


class ReLU:
    def forward(self, x):
        return Tensor(np.maximum(x.data, 0).squeeze())

    def __call__(self, x):
        return self.forward(x)
