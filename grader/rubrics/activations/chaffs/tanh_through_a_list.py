"""Tanh through a list, which makes float64 float32."""
# loses: tanh-dtype


class Tanh:
    def forward(self, x):
        return Tensor(np.tanh(x.data).tolist())

    def __call__(self, x):
        return self.forward(x)
