"""One random number for all weights of a layer."""
# loses: linear-scale linear-drawn linear-weight
# rest: source


class Linear:
    def __init__(self, in_features, out_features, bias=True):
        self.weight = Tensor(
            np.full((in_features, out_features), np.random.normal(0, np.sqrt(2 / in_features))),
            dtype=np.float32,
        )
        self.bias = Tensor(np.zeros(out_features), dtype=np.float32) if bias else None
