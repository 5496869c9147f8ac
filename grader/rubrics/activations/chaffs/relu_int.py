"""ReLU that cuts off the digits after the point."""
# loses: ReLU


class ReLU:
    def forward(self, x):
        return Tensor(np.maximum(x.data.astype(int), 0))

    def __call__(self, x):
        return self.forward(x)
