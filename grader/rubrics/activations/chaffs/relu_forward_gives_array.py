"""ReLU whose forward gives a bare array; only the call wraps it."""
# loses: relu-dtype


class ReLU:
    def forward(self, x):
        return np.maximum(x.data, 0)

    def __call__(self, x):
        return Tensor(self.forward(x))
