"""ReLU that asks for positive, so that NaN becomes 0."""
# loses: relu-special


class ReLU:
    def forward(self, x):
        return Tensor(np.where(x.data > 0, x.data, 0))

    def __call__(self, x):
        return self.forward(x)
