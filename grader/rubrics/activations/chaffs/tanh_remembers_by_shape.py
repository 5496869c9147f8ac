"""Tanh that remembers its answers by shape only."""
# loses: tanh-repeat Tanh


class Tanh:
    def __init__(self):
        self.answers = {}

    def forward(self, x):
        if x.data.shape not in self.answers:
            self.answers[x.data.shape] = np.tanh(x.data)
        return Tensor(self.answers[x.data.shape])

    def __call__(self, x):
        return self.forward(x)
