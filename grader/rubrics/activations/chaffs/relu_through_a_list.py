"""ReLU through a list, which makes float64 float32 and 1e308 inf."""
# loses: relu-dtype


class ReLU:
    def forward(self, x):
        return Tensor(np.maximum(x.data, 0).tolist())

    def __call__(self, x):
        return self.forward(x)
