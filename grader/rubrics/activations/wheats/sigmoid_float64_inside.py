"""Sigmoid worked out in float64 and given back in the dtype of the input."""


class Sigmoid:
    def forward(self, x):
        wide = x.data.astype(np.float64)
        return Tensor((1 / (1 + np.exp(-wide))).astype(x.data.dtype))

    def __call__(self, x):
        return self.forward(x)
