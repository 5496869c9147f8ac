"""Sigmoid that is exactly 1 where float64 can tell no difference any more."""


class Sigmoid:
    def forward(self, x):
        values = np.clip(x.data, -700 if x.data.dtype == np.float64 else -80, None)
        return Tensor(np.where(x.data > 40, 1, 1 / (1 + np.exp(-values))).astype(x.data.dtype))

    def __call__(self, x):
        return self.forward(x)
