"""ReLU with a small number for 0."""
# loses: ReLU


class ReLU:
    def forward(self, x):
        return Tensor(np.maximum(x.data, 1e-4))

    def __call__(self, x):
        return self.forward(x)
