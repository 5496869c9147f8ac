"""All inputs begin with the same weights."""
# loses: linear-scale linear-drawn linear-weight
# rest: source


class Linear:
    def __init__(self, in_features, out_features, bias=True):
        self.weight = Tensor(
            np.tile(np.random.normal(0, np.sqrt(2 / in_features), out_features), (in_features, 1)),
            dtype=np.float32,
        )
        self.bias = Tensor(np.zeros(out_features), dtype=np.float32) if bias else None
