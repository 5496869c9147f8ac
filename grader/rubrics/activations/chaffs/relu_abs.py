"""ReLU that flips negative numbers instead of dropping them."""
# loses: ReLU


class ReLU:
    def forward(self, x):
        return Tensor(np.abs(x.data))

    def __call__(self, x):
        return self.forward(x)
