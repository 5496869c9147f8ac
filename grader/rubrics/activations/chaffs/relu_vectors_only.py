"""ReLU by a loop over the first axis only."""
# loses: relu-batch relu-axes ReLU


class ReLU:
    def forward(self, x):
        return Tensor(np.array([max(value, 0) for value in x.data], dtype=x.data.dtype))

    def __call__(self, x):
        return self.forward(x)
