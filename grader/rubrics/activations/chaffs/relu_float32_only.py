"""ReLU that raises for float64."""
# loses: ReLU


class ReLU:
    def forward(self, x):
        if x.data.dtype != np.float32:
            raise TypeError("float32 expected")
        return Tensor(np.maximum(x.data, 0))

    def __call__(self, x):
        return self.forward(x)
