"""Uniform between plus and minus the deviation."""
# loses: linear-scale
# rest: source


class Linear:
    def __init__(self, in_features, out_features, bias=True):
        self.weight = Tensor(
            np.random.uniform(-1, 1, (in_features, out_features)) * np.sqrt(2 / in_features),
            dtype=np.float32,
        )
        self.bias = Tensor(np.zeros(out_features), dtype=np.float32) if bias else None
