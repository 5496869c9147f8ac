"""Where nothing is negative the result shares the input's memory."""
# loses: relu-input


class ReLU:
    def forward(self, x):
        t = Tensor(x.data)
        if (x.data >= 0).all():
            t.data = x.data
        else:
            t.data = np.maximum(x.data, 0)
        return t

    def __call__(self, x):
        return self.forward(x)
