"""ReLU that writes into a new array with out."""


class ReLU:
    def forward(self, x):
        out = np.empty_like(x.data)
        np.maximum(x.data, 0.0, out=out)
        return Tensor(out)

    def __call__(self, x):
        return self.forward(x)
