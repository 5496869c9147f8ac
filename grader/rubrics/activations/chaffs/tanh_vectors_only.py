"""Tanh by a loop over the first axis only."""
# loses: tanh-batch tanh-axes Tanh

import math


class Tanh:
    def forward(self, x):
        values = [math.tanh(value) for value in x.data]
        return Tensor(np.array(values, dtype=x.data.dtype))

    def __call__(self, x):
        return self.forward(x)
