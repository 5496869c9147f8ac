"""Where nothing is negative the input itself comes back."""
# loses: relu-input


class ReLU:
    def forward(self, x):
        if (x.data >= 0).all():
            return x
        return Tensor(np.maximum(x.data, 0))

    def __call__(self, x):
        return self.forward(x)
