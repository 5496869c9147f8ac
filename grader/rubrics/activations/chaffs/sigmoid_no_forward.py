"""Sigmoid that can be called but has no forward."""
# loses: sigmoid-repeat Sigmoid


class Sigmoid:
    def __call__(self, x):
        return Tensor(1 / (1 + np.exp(-x.data)))
