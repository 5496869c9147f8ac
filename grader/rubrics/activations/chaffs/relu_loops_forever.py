"""ReLU that never comes back."""
# loses: ReLU


class ReLU:
    def forward(self, x):
        while True:
            pass

    def __call__(self, x):
        return self.forward(x)
