"""Hard tanh: straight lines."""
# loses: Tanh


class Tanh:
    def forward(self, x):
        return Tensor(np.clip(x.data, -1, 1))

    def __call__(self, x):
        return self.forward(x)
