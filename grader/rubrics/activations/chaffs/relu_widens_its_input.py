"""ReLU that turns its input into float64 for good."""
# loses: relu-input


class ReLU:
    def forward(self, x):
        dtype = x.data.dtype
        x.data = x.data.astype(np.float64)
        return Tensor(np.maximum(x.data, 0).astype(dtype))

    def __call__(self, x):
        return self.forward(x)
