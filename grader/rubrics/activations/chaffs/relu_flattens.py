"""ReLU that gives one long vector."""
# loses: relu-shape


class ReLU:
    def forward(self, x):
        return Tensor(np.maximum(x.data.flatten(), 0))

    def __call__(self, x):
        return self.forward(x)
