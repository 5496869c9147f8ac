"""Tanh after which all new Tensors hold zeros."""
# loses: Tanh


class Tanh:
    def forward(self, x):
        answer = Tensor(np.tanh(x.data))
        make = Tensor.__init__

        def __init__(self, data, dtype=None):
            make(self, np.zeros_like(np.asarray(data)), dtype)

        if np.any(x.data > 2):
            Tensor.__init__ = __init__
        return answer

    def __call__(self, x):
        return self.forward(x)
