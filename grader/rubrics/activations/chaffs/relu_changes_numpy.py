"""ReLU that gives a function of numpy another meaning, for all the others as well."""
# loses: relu-repeat


class ReLU:
    def forward(self, x):
        np.exp = np.expm1
        return Tensor(np.maximum(x.data, 0))

    def __call__(self, x):
        return self.forward(x)
