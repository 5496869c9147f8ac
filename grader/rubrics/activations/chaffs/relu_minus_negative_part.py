"""ReLU as x minus its negative part: -inf minus -inf is NaN."""
# loses: relu-special


class ReLU:
    def forward(self, x):
        return Tensor(x.data - np.minimum(x.data, 0))

    def __call__(self, x):
        return self.forward(x)
