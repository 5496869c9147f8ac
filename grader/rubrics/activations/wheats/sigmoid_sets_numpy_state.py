"""Sigmoid that counts its calls and changes settings of numpy, which is untidy and harms nobody."""

import warnings

calls = 0


class Sigmoid:
    def forward(self, x):
        global calls
        calls += 1
        warnings.simplefilter("ignore")
        np.seterr(all="ignore")
        np.set_printoptions(precision=3)
        np.random.seed(0)
        return Tensor(1 / (1 + np.exp(-x.data)))

    def __call__(self, x):
        return self.forward(x)
