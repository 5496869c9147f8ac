"""The first layer, then the rest; parameters by trying."""


class Sequential:
    def __init__(self, layers=None):
        if layers is None:
            layers = []
        self.layers = layers.copy()

    def add(self, layer):
        self.layers.insert(len(self.layers), layer)

    def _apply(self, layers, x):
        if not layers:
            return x
        first, *others = layers
        return self._apply(others, first(x))

    def forward(self, x):
        return self._apply(self.layers, x)

    def parameters(self):
        params = []
        for layer in self.layers:
            try:
                params.extend(layer.parameters())
            except AttributeError:
                pass
        return params

    def count_parameters(self):
        return int(np.sum([p.size for p in self.parameters()]))

    def __call__(self, x):
        return self.forward(x)
