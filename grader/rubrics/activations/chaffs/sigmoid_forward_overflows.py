"""Called it is stable, by forward it is not."""
# loses: sigmoid-repeat


class Sigmoid:
    def forward(self, x):
        return Tensor(np.exp(x.data) / (1 + np.exp(x.data)))

    def __call__(self, x):
        z = np.exp(-np.abs(x.data))
        return Tensor(np.where(x.data >= 0, 1 / (1 + z), z / (1 + z)))
