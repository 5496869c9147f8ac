"""Leaky ReLU: negative numbers leak through."""
# loses: ReLU


class ReLU:
    def forward(self, x):
        return Tensor(np.where(x.data < 0, 0.01 * x.data, x.data))

    def __call__(self, x):
        return self.forward(x)
