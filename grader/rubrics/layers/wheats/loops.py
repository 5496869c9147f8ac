"""Loops over samples, outputs and inputs, with Python numbers."""


class Linear:
    def __init__(self, in_features, out_features, bias=True):
        std = np.sqrt(2 / in_features)
        self.weight = Tensor(
            [[np.random.normal(0, std) for _ in range(out_features)] for _ in range(in_features)]
        )
        self.bias = Tensor([0.0 for _ in range(out_features)]) if bias else None

    def forward(self, x):
        n, m = self.weight.shape
        if x.shape[-1] != n:
            raise ValueError(f"expected {n} features, got {x.shape[-1]}")
        rows = x.data.reshape(-1, n)
        out = np.zeros((len(rows), m), dtype=x.dtype)
        for r in range(len(rows)):
            for j in range(m):
                total = 0.0 if self.bias is None else float(self.bias.data[j])
                for i in range(n):
                    total += float(rows[r, i]) * float(self.weight.data[i, j])
                out[r, j] = total
        return Tensor(out.reshape(x.shape[:-1] + (m,)))

    def parameters(self):
        if self.bias is None:
            return [self.weight]
        return [self.weight, self.bias]

    def count_parameters(self):
        n, m = self.weight.shape
        return n * m + (0 if self.bias is None else m)

    def __call__(self, x):
        return self.forward(x)
