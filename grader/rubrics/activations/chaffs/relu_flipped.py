"""ReLU of -x."""
# loses: ReLU


class ReLU:
    def forward(self, x):
        return Tensor(np.maximum(0, -x.data))

    def __call__(self, x):
        return self.forward(x)
