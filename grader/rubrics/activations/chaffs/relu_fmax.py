"""ReLU by fmax, which prefers 0 to NaN."""
# loses: relu-special


class ReLU:
    def forward(self, x):
        return Tensor(np.fmax(x.data, 0))

    def __call__(self, x):
        return self.forward(x)
