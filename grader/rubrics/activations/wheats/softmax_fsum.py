"""Softmax by Python loops, with the exact sum of the math module."""

from math import exp, fsum


class Softmax:
    def __init__(self, dim=-1):
        self.dim = dim

    def forward(self, x):
        out = np.array(x.data)
        rows = np.moveaxis(out, self.dim, -1)
        for index in np.ndindex(rows.shape[:-1]):
            row = rows[index].tolist()
            top = max(row)
            powers = [exp(value - top) for value in row]
            total = fsum(powers)
            rows[index] = [power / total for power in powers]
        return Tensor(out)

    def __call__(self, x):
        return self.forward(x)
