"""functools.reduce, and comprehensions."""

from functools import reduce


class Sequential:
    def __init__(self, layers=None):
        self.layers = [*(layers or [])]

    def add(self, layer):
        self.layers += [layer]

    def forward(self, x):
        return reduce(lambda value, layer: layer.forward(value), self.layers, x)

    def parameters(self):
        return [p for layer in self.layers for p in getattr(layer, "parameters", list)()]

    def count_parameters(self):
        return sum(p.data.size for p in self.parameters())

    def __call__(self, x):
        return self.forward(x)
