"""ReLU that prints what it does and warns about it."""

import warnings


class ReLU:
    def forward(self, x):
        print("before:", x.data)
        warnings.warn("negative numbers become 0")
        out = np.maximum(x.data, 0)
        print("after:", out)
        return Tensor(out)

    def __call__(self, x):
        return self.forward(x)
