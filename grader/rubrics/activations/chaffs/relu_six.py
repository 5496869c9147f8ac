"""ReLU that stops at 6."""
# loses: ReLU


class ReLU:
    def forward(self, x):
        return Tensor(np.clip(x.data, 0, 6))

    def __call__(self, x):
        return self.forward(x)
