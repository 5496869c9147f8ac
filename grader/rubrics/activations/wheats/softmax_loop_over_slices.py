"""Softmax by a loop over the slices along the axis."""


class Softmax:
    def __init__(self, dim=-1):
        self.dim = dim

    def forward(self, x):
        out = x.data.copy()
        slices = np.swapaxes(out, self.dim, -1)
        for index in np.ndindex(slices.shape[:-1]):
            e = np.exp(slices[index] - slices[index].max())
            slices[index] = e / e.sum()
        return Tensor(out)

    def __call__(self, x):
        return self.forward(x)
