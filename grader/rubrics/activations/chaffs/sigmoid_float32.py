"""Sigmoid that always gives float32."""
# loses: sigmoid-dtype


class Sigmoid:
    def forward(self, x):
        return Tensor(1 / (1 + np.exp(-x.data)), dtype=np.float32)

    def __call__(self, x):
        return self.forward(x)
