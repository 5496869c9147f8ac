"""ReLU by a loop over every index."""


class ReLU:
    def forward(self, x):
        out = np.zeros_like(x.data)
        for index in np.ndindex(x.data.shape):
            if not x.data[index] <= 0:
                out[index] = x.data[index]
        return Tensor(out)

    def __call__(self, x):
        return self.forward(x)
