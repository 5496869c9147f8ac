"""Gives the Tensors that it began with."""
# loses: linear-parameters
# rest: source


class Linear:
    def __init__(self, in_features, out_features, bias=True):
        self.weight = Tensor(
            np.random.normal(0, np.sqrt(2 / in_features), (in_features, out_features)),
            dtype=np.float32,
        )
        self.bias = Tensor(np.zeros(out_features), dtype=np.float32) if bias else None
        self.all = [p for p in (self.weight, self.bias) if p is not None]

    def parameters(self):
        return self.all

    def count_parameters(self):
        return self.weight.size + (0 if self.bias is None else self.bias.size)
