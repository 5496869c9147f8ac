"""Sigmoid step by step on one copy."""


class Sigmoid:
    def forward(self, x):
        out = np.array(x.data)
        with np.errstate(over="ignore"):
            np.negative(out, out=out)
            np.exp(out, out=out)
            np.add(out, 1, out=out)
            np.reciprocal(out, out=out)
        return Tensor(out)

    def __call__(self, x):
        return self.forward(x)
