"""ReLU with an if, which takes single numbers only."""
# loses: ReLU


class ReLU:
    def forward(self, x):
        if x.data > 0:
            return x
        return Tensor(0.0)

    def __call__(self, x):
        return self.forward(x)
