"""Tanh of the math module, vectorized."""

import math


class Tanh:
    def forward(self, x):
        tanh = np.vectorize(math.tanh, otypes=[x.data.dtype])
        return Tensor(tanh(x.data))

    def __call__(self, x):
        return self.forward(x)
