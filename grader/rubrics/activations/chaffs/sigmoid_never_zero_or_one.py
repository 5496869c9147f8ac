"""Sigmoid that keeps 1e-7 away from 0 and 1."""
# loses: sigmoid-extreme sigmoid-special


class Sigmoid:
    def forward(self, x):
        out = 1 / (1 + np.exp(-x.data))
        return Tensor(np.clip(out, 1e-7, 1 - 1e-7))

    def __call__(self, x):
        return self.forward(x)
