"""The derivative of ReLU instead of ReLU."""
# loses: ReLU


class ReLU:
    def forward(self, x):
        return Tensor(np.where(x.data > 0, 1.0, 0.0).astype(x.data.dtype))

    def __call__(self, x):
        return self.forward(x)
