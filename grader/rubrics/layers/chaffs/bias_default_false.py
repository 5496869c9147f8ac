"""There is no bias unless asked for."""
# loses: linear-vector linear-bias Linear
# rest: source


class Linear:
    def __init__(self, in_features, out_features, bias=False):
        self.weight = Tensor(
            np.random.normal(0, np.sqrt(2 / in_features), (in_features, out_features)),
            dtype=np.float32,
        )
        self.bias = Tensor(np.zeros(out_features), dtype=np.float32) if bias else None
