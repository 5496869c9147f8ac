"""Layers in a dictionary by number, and parameters from a generator."""


class Sequential:
    def __init__(self, layers=None):
        self._layers = dict(enumerate(layers or ()))

    def add(self, layer):
        self._layers[len(self._layers)] = layer

    def forward(self, x):
        for _, layer in self._layers.items():
            x = layer(x)
        return x

    def _each(self):
        for layer in self._layers.values():
            if callable(getattr(layer, "parameters", None)):
                yield from layer.parameters()

    def parameters(self):
        return list(self._each())

    def count_parameters(self):
        return sum(p.size for p in self._each())

    def __call__(self, x):
        return self.forward(x)
