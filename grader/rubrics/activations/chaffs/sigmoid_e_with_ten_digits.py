"""Sigmoid with e typed in to ten digits."""
# loses: sigmoid-precision Sigmoid


class Sigmoid:
    def forward(self, x):
        return Tensor(1 / (1 + 2.718281828**-x.data))

    def __call__(self, x):
        return self.forward(x)
