"""New weights are zeros."""
# loses: linear-scale linear-drawn linear-weight linear-anew
# rest: source


class Linear:
    def __init__(self, in_features, out_features, bias=True):
        self.weight = Tensor(np.zeros((in_features, out_features)), dtype=np.float32)
        self.bias = Tensor(np.zeros(out_features), dtype=np.float32) if bias else None
