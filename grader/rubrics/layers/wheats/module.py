"""A base class that notes parameters and layers as they are set, as PyTorch's Module does."""


class Module:
    def __init__(self):
        object.__setattr__(self, "_names", [])

    def __setattr__(self, name, value):
        if isinstance(value, (Tensor, Module)) and name not in self._names:
            self._names.append(name)
        object.__setattr__(self, name, value)

    def parameters(self):
        found = []
        for name in self._names:
            value = getattr(self, name)
            found += value.parameters() if isinstance(value, Module) else [value]
        return found

    def count_parameters(self):
        return sum(p.size for p in self.parameters())

    def __call__(self, x):
        return self.forward(x)


class Linear(Module):
    def __init__(self, in_features, out_features, bias=True):
        super().__init__()
        values = np.random.normal(
            scale=np.sqrt(2.0 / in_features), size=(in_features, out_features)
        )
        self.weight = Tensor(values, dtype="float32")
        self.bias = Tensor(np.zeros(out_features), dtype="float32") if bias else None

    def forward(self, x):
        out = x @ self.weight
        if self.bias is not None:
            out = out + self.bias
        return out


class Sequential(Module):
    def __init__(self, layers=()):
        super().__init__()
        self.names = []
        for layer in layers:
            self.add(layer)

    def add(self, layer):
        name = f"layer{len(self.names)}"
        self.names.append(name)
        setattr(self, name, layer)

    def forward(self, x):
        for name in self.names:
            x = getattr(self, name).forward(x)
        return x
