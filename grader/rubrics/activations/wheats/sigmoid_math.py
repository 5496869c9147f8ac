"""Sigmoid by a loop with the math module."""

import math


class Sigmoid:
    def forward(self, x):
        out = np.empty_like(x.data)
        for index in np.ndindex(x.data.shape):
            value = float(x.data[index])
            if value >= 0:
                out[index] = 1 / (1 + math.exp(-value))
            else:
                out[index] = math.exp(value) / (1 + math.exp(value))
        return Tensor(out)

    def __call__(self, x):
        return self.forward(x)
