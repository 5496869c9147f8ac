"""Sigmoid that clips at 30: 9e-14 instead of 0."""
# loses: sigmoid-extreme sigmoid-special


class Sigmoid:
    def forward(self, x):
        return Tensor(1 / (1 + np.exp(-np.clip(x.data, -30, 30))))

    def __call__(self, x):
        return self.forward(x)
