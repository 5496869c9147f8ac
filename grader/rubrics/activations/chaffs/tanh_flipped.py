"""Tanh with its sign flipped."""
# loses: Tanh


class Tanh:
    def forward(self, x):
        up, down = np.exp(x.data), np.exp(-x.data)
        return Tensor((down - up) / (up + down))

    def __call__(self, x):
        return self.forward(x)
