"""Tanh in which forward and __call__ call each other."""
# loses: Tanh


class Tanh:
    def forward(self, x):
        return self(x)

    def __call__(self, x):
        return self.forward(x)
