"""ReLU that is always 0."""
# loses: ReLU


class ReLU:
    def forward(self, x):
        return Tensor(np.zeros_like(x.data))

    def __call__(self, x):
        return self.forward(x)
