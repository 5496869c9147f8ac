"""ReLU that always gives float64."""
# loses: relu-dtype


class ReLU:
    def forward(self, x):
        return Tensor(np.maximum(x.data, 0), dtype=np.float64)

    def __call__(self, x):
        return self.forward(x)
