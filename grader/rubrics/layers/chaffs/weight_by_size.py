"""Layers of equal size share their weights."""
# loses: linear-anew linear-own
# rest: source


class Linear:
    made = {}

    def __init__(self, in_features, out_features, bias=True):
        key = (in_features, out_features)
        if key not in self.made:
            numbers = np.random.normal(0, np.sqrt(2 / in_features), key)
            self.made[key] = Tensor(numbers, dtype=np.float32)
        self.weight = self.made[key]
        self.bias = Tensor(np.zeros(out_features), dtype=np.float32) if bias else None
