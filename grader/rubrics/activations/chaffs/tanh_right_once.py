"""Tanh that is right the first time only."""
# loses: tanh-repeat Tanh


class Tanh:
    scale = 1

    def forward(self, x):
        out = Tensor(np.tanh(self.scale * x.data))
        self.scale += 1
        return out

    def __call__(self, x):
        return self.forward(x)
