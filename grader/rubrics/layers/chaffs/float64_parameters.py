"""New parameters are float64, as np.random gives them."""
# loses: linear-dtype
# rest: source


class Linear:
    def __init__(self, in_features, out_features, bias=True):
        self.weight = Tensor(
            np.random.normal(0, np.sqrt(2 / in_features), (in_features, out_features)),
            dtype=np.float64,
        )
        self.bias = Tensor(np.zeros(out_features), dtype=np.float64) if bias else None
