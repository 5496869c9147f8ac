"""Normal, with its tails cut off at two deviations."""
# loses: linear-scale
# rest: source


class Linear:
    def __init__(self, in_features, out_features, bias=True):
        self.weight = Tensor(
            np.clip(np.random.randn(in_features, out_features), -2, 2)
            * np.sqrt(2 / in_features)
            * 0.93,
            dtype=np.float32,
        )
        self.bias = Tensor(np.zeros(out_features), dtype=np.float32) if bias else None
