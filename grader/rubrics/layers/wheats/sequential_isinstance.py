"""A tuple of layers, and parameters of what is known to have some."""


class Sequential:
    def __init__(self, layers=()):
        self.layers = tuple(layers)

    def add(self, layer):
        self.layers = self.layers + (layer,)

    def forward(self, x):
        out = x
        for layer in self.layers:
            out = layer(out)
        return out

    def parameters(self):
        params = []
        for layer in self.layers:
            if isinstance(layer, (Linear, Sequential)):
                params += list(layer.parameters())
        return params

    def count_parameters(self):
        count = 0
        for layer in self.layers:
            if isinstance(layer, (Linear, Sequential)):
                count += layer.count_parameters()
        return count

    def __call__(self, x):
        return self.forward(x)
