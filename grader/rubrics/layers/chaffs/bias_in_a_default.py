"""All layers of a size share one bias."""
# loses: linear-own linear-bias
# rest: source


class Linear:
    zeros = {}

    def __init__(self, in_features, out_features, bias=True):
        numbers = np.random.normal(0, np.sqrt(2 / in_features), (in_features, out_features))
        self.weight = Tensor(numbers, dtype=np.float32)
        if out_features not in self.zeros:
            self.zeros[out_features] = Tensor(np.zeros(out_features), dtype=np.float32)
        self.bias = self.zeros[out_features] if bias else None
