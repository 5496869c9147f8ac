"""ReLU that copies all but the negative elements onto zeros."""


class ReLU:
    def forward(self, x):
        out = np.zeros(x.data.shape, x.data.dtype)
        np.copyto(out, x.data, where=~(x.data < 0))
        return Tensor(out)

    def __call__(self, x):
        return self.forward(x)
