"""ReLU that is right when called and leaky by forward."""
# loses: relu-repeat ReLU


class ReLU:
    def forward(self, x):
        return Tensor(np.maximum(x.data, 0.1 * x.data))

    def __call__(self, x):
        return Tensor(np.maximum(x.data, 0))
