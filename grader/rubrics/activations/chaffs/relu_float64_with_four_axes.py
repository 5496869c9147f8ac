"""ReLU that fills zeros of the default dtype where there are four axes."""
# loses: relu-dtype


class ReLU:
    def forward(self, x):
        out = np.zeros(x.data.shape) if x.data.ndim == 4 else np.zeros_like(x.data)
        return Tensor(np.maximum(x.data, out))

    def __call__(self, x):
        return self.forward(x)
