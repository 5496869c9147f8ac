"""Sigmoid worked out in float32 and called float64."""
# loses: sigmoid-precision Sigmoid


class Sigmoid:
    def forward(self, x):
        narrow = x.data.astype(np.float32)
        return Tensor((1 / (1 + np.exp(-narrow))).astype(x.data.dtype))

    def __call__(self, x):
        return self.forward(x)
