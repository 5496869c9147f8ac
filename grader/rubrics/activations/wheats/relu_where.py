"""ReLU by a choice that asks for negative, so that NaN passes through."""


class ReLU:
    def forward(self, x):
        return Tensor(np.where(x.data < 0, 0, x.data))

    def __call__(self, x):
        return self.forward(x)
