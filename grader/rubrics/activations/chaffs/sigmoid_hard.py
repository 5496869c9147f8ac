"""Hard sigmoid: straight lines."""
# loses: Sigmoid


class Sigmoid:
    def forward(self, x):
        return Tensor(np.clip(0.2 * x.data + 0.5, 0, 1))

    def __call__(self, x):
        return self.forward(x)
