"""ReLU that does nothing."""
# loses: ReLU


class ReLU:
    def forward(self, x):
        return x

    def __call__(self, x):
        return self.forward(x)
