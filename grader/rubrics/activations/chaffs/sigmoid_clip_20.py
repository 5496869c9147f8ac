"""Sigmoid that clips at 20: 2e-9 instead of 0."""
# loses: sigmoid-extreme sigmoid-special


class Sigmoid:
    def forward(self, x):
        return Tensor(1 / (1 + np.exp(-np.clip(x.data, -20, 20))))

    def __call__(self, x):
        return self.forward(x)
