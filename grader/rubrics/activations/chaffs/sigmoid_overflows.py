"""Sigmoid as e^x / (1 + e^x): inf / inf for large numbers."""
# loses: sigmoid-extreme sigmoid-special


class Sigmoid:
    def forward(self, x):
        return Tensor(np.exp(x.data) / (1 + np.exp(x.data)))

    def __call__(self, x):
        return self.forward(x)
