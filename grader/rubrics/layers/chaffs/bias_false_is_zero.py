"""Without a bias, the attribute is 0 and not None."""
# loses: linear-bias linear-parameters linear-count
# rest: source


class Linear:
    def __init__(self, in_features, out_features, bias=True):
        numbers = np.random.normal(0, np.sqrt(2 / in_features), (in_features, out_features))
        self.weight = Tensor(numbers, dtype=np.float32)
        self.bias = Tensor(np.zeros(out_features), dtype=np.float32) if bias else 0.0
