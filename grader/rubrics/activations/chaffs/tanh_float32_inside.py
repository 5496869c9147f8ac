"""Tanh worked out in float32 and called float64."""
# loses: tanh-precision Tanh


class Tanh:
    def forward(self, x):
        return Tensor(np.tanh(x.data.astype(np.float32)).astype(x.data.dtype))

    def __call__(self, x):
        return self.forward(x)
