"""ReLU that replaces NaN and inf by numbers."""
# loses: relu-special


class ReLU:
    def forward(self, x):
        return Tensor(np.nan_to_num(np.maximum(x.data, 0)))

    def __call__(self, x):
        return self.forward(x)
