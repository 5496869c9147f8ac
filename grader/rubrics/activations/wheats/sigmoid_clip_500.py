"""Sigmoid that clips so far out that it cannot be seen."""


class Sigmoid:
    def forward(self, x):
        return Tensor(1 / (1 + np.exp(-np.clip(x.data, -500, 500))))

    def __call__(self, x):
        return self.forward(x)
