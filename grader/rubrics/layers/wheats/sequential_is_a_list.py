"""A Sequential that is itself a list of layers."""


class Sequential(list):
    def __init__(self, layers=()):
        super().__init__(layers)

    def add(self, layer):
        self.append(layer)

    def __call__(self, x):
        for layer in self:
            x = layer(x)
        return x

    def forward(self, x):
        return self(x)

    def parameters(self):
        return sum((layer.parameters() for layer in self if hasattr(layer, "parameters")), [])

    def count_parameters(self):
        return sum(p.size for p in self.parameters())
