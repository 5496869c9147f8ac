"""ReLU as a clip that has no upper end."""


class ReLU:
    def forward(self, x):
        return Tensor(np.clip(x.data, 0, None))

    def __call__(self, x):
        return self.forward(x)
