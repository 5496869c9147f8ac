"""Weights rounded to one digit."""
# loses: linear-drawn linear-weight
# rest: source


class Linear:
    def __init__(self, in_features, out_features, bias=True):
        self.weight = Tensor(
            np.round(np.random.normal(0, 10, (in_features, out_features)))
            * np.sqrt(2 / in_features)
            / 10,
            dtype=np.float32,
        )
        self.bias = Tensor(np.zeros(out_features), dtype=np.float32) if bias else None
