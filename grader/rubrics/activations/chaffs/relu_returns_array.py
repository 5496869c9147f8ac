"""ReLU that gives an array instead of a Tensor."""
# loses: relu-dtype


class ReLU:
    def forward(self, x):
        return np.maximum(x.data, 0)

    def __call__(self, x):
        return self.forward(x)
