"""Tanh that has forward but cannot be called."""
# loses: Tanh


class Tanh:
    def forward(self, x):
        return Tensor(np.tanh(x.data))
