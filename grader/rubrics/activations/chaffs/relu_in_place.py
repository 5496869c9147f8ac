"""ReLU that zeroes the negative elements of its input."""
# loses: relu-input


class ReLU:
    def forward(self, x):
        x.data[x.data < 0] = 0
        return Tensor(x.data)

    def __call__(self, x):
        return self.forward(x)
