"""Keeps the weights the other way round, so that only square ones work."""
# loses: linear-vector linear-batch linear-axes linear-weight linear-no-bias Linear
# rest: source


class Linear:
    def __init__(self, in_features, out_features, bias=True):
        self.weight = Tensor(
            np.random.normal(0, np.sqrt(2 / in_features), (out_features, in_features)),
            dtype=np.float32,
        )
        self.bias = Tensor(np.zeros(out_features), dtype=np.float32) if bias else None
