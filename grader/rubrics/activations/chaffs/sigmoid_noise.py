"""Sigmoid with random noise."""
# loses: Sigmoid


class Sigmoid:
    def forward(self, x):
        noise = np.random.normal(0, 0.01, x.data.shape)
        return Tensor((1 / (1 + np.exp(-x.data)) + noise).astype(x.data.dtype))

    def __call__(self, x):
        return self.forward(x)
