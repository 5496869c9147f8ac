"""Parameters in a dictionary, with properties to get and set them."""


class Linear:
    def __init__(self, in_features, out_features, bias=True):
        rng = np.random.default_rng()
        weight = rng.normal(0.0, (2 / in_features) ** 0.5, (in_features, out_features))
        self._params = {"weight": Tensor(weight.astype(np.float32)), "bias": None}
        if bias:
            self._params["bias"] = Tensor(np.zeros(out_features, dtype=np.float32))

    @property
    def weight(self):
        return self._params["weight"]

    @weight.setter
    def weight(self, value):
        self._params["weight"] = value

    @property
    def bias(self):
        return self._params["bias"]

    @bias.setter
    def bias(self, value):
        self._params["bias"] = value

    def forward(self, x):
        result = x @ self._params["weight"]
        return result if self._params["bias"] is None else result + self._params["bias"]

    def parameters(self):
        return [p for p in self._params.values() if p is not None]

    def count_parameters(self):
        return sum(p.data.size for p in self.parameters())

    __call__ = forward
