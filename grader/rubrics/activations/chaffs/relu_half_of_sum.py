"""ReLU as (x + |x|) / 2: overflows at 1e308, NaN at -inf."""
# loses: relu-extreme relu-special


class ReLU:
    def forward(self, x):
        return Tensor((x.data + np.abs(x.data)) / 2)

    def __call__(self, x):
        return self.forward(x)
