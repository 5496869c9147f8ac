"""Tanh by the four exponentials, clipped where it is already 1."""


class Tanh:
    def forward(self, x):
        near = np.clip(x.data, -30, 30)
        up, down = np.exp(near), np.exp(-near)
        return Tensor((up - down) / (up + down))

    def __call__(self, x):
        return self.forward(x)
