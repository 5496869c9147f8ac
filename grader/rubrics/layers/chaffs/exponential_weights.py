"""Weights of the right scale, most of them negative."""
# loses: linear-drawn linear-weight
# rest: source


class Linear:
    def __init__(self, in_features, out_features, bias=True):
        drawn = np.random.exponential(1, (in_features, out_features)) - 1
        self.weight = Tensor(drawn * np.sqrt(2 / in_features), dtype=np.float32)
        self.bias = Tensor(np.zeros(out_features), dtype=np.float32) if bias else None
