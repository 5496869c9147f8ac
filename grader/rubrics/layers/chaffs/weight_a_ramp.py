"""Evenly spaced weights, not random at all."""
# loses: linear-anew
# rest: source


class Linear:
    def __init__(self, in_features, out_features, bias=True):
        self.weight = Tensor(
            np.linspace(-1, 1, in_features * out_features).reshape((in_features, out_features))
            * np.sqrt(6 / in_features),
            dtype=np.float32,
        )
        self.bias = Tensor(np.zeros(out_features), dtype=np.float32) if bias else None
