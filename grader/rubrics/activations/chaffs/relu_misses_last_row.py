"""ReLU by a loop over rows that stops one too early."""
# loses: relu-batch relu-axes ReLU


class ReLU:
    def forward(self, x):
        out = x.data.copy()
        if out.ndim < 2:
            return Tensor(np.maximum(out, 0))
        for i in range(len(out) - 1):
            out[i] = np.maximum(out[i], 0)
        return Tensor(out)

    def __call__(self, x):
        return self.forward(x)
