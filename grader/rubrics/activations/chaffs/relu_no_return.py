"""ReLU that forgets to return."""
# loses: ReLU


class ReLU:
    def forward(self, x):
        out = Tensor(np.maximum(x.data, 0))

    def __call__(self, x):
        return self.forward(x)
