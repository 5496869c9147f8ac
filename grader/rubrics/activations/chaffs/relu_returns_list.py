"""ReLU that gives a list instead of a Tensor."""
# loses: ReLU


class ReLU:
    def forward(self, x):
        return np.maximum(x.data, 0).tolist()

    def __call__(self, x):
        return self.forward(x)
