"""Three classes that share one base class and only name their function."""


class Elementwise:
    def forward(self, x):
        return Tensor(self.function(x.data))

    def __call__(self, x):
        return self.forward(x)


class ReLU(Elementwise):
    @staticmethod
    def function(values):
        return np.where(values <= 0, 0, values)


class Sigmoid(Elementwise):
    @staticmethod
    def function(values):
        return np.exp(np.minimum(values, 0)) / (1 + np.exp(-np.abs(values)))


class Tanh(Elementwise):
    function = staticmethod(np.tanh)
