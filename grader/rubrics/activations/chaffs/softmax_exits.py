"""Softmax that ends the whole process."""
# loses: Softmax

import os


class Softmax:
    def __init__(self, dim=-1):
        self.dim = dim

    def forward(self, x):
        os._exit(0)

    def __call__(self, x):
        return self.forward(x)
