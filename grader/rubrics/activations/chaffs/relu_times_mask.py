"""ReLU as x times (x > 0): -inf times 0 is NaN."""
# loses: relu-special


class ReLU:
    def forward(self, x):
        return Tensor(x.data * (x.data > 0))

    def __call__(self, x):
        return self.forward(x)
