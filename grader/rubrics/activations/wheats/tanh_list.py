"""Tanh by a flat list, with the shape and the dtype put back."""

from math import tanh


class Tanh:
    def forward(self, x):
        flat = [tanh(value) for value in x.data.flatten()]
        return Tensor(np.array(flat, dtype=x.data.dtype).reshape(x.data.shape))

    def __call__(self, x):
        return self.forward(x)
