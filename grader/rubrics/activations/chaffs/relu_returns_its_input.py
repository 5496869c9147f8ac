"""ReLU that changes its input and gives it back."""
# loses: relu-input


class ReLU:
    def forward(self, x):
        np.maximum(x.data, 0, out=x.data)
        return x

    def __call__(self, x):
        return self.forward(x)
