"""Sigmoid by math.exp, which takes single numbers only."""
# loses: Sigmoid

import math


class Sigmoid:
    def forward(self, x):
        return Tensor(1 / (1 + math.exp(-x.data)))

    def __call__(self, x):
        return self.forward(x)
