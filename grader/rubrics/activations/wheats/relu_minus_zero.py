"""ReLU that gives -0 for negative numbers, which equals 0."""


class ReLU:
    def forward(self, x):
        return Tensor(-np.minimum(-x.data, 0))

    def __call__(self, x):
        return self.forward(x)
