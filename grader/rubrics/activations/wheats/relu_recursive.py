"""ReLU that goes down one axis at a time."""


class ReLU:
    def forward(self, x):
        return Tensor(self._relu(x.data))

    def _relu(self, values):
        if values.ndim == 0:
            return np.maximum(values, 0)
        out = np.empty_like(values)
        for i in range(len(values)):
            out[i] = self._relu(values[i, ...])
        return out

    def __call__(self, x):
        return self.forward(x)
