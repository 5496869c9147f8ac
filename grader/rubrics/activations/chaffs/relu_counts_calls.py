"""ReLU that is right for two calls only."""
# loses: ReLU


class ReLU:
    calls = 0

    def forward(self, x):
        ReLU.calls += 1
        if ReLU.calls > 2:
            return x
        return Tensor(np.maximum(x.data, 0))

    def __call__(self, x):
        return self.forward(x)
