"""New weights are all the deviation that they should have."""
# loses: linear-scale linear-drawn linear-weight linear-anew
# rest: source


class Linear:
    def __init__(self, in_features, out_features, bias=True):
        self.weight = Tensor(
            np.full((in_features, out_features), np.sqrt(2 / in_features)), dtype=np.float32
        )
        self.bias = Tensor(np.zeros(out_features), dtype=np.float32) if bias else None
