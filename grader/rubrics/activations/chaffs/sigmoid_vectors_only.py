"""Sigmoid by a loop over the first axis only."""
# loses: sigmoid-batch sigmoid-axes Sigmoid

import math


class Sigmoid:
    def forward(self, x):
        values = [1 / (1 + math.exp(-value)) for value in x.data]
        return Tensor(np.array(values, dtype=x.data.dtype))

    def __call__(self, x):
        return self.forward(x)
