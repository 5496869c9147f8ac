"""ReLU that installs another rule in its class and in a global when the number of axes changes."""


def of_vector(d):
    return np.maximum(d, 0) if d.ndim == 1 else d


def of_others(d):
    return d if d.ndim == 1 else np.maximum(d, 0)


rule = None


class ReLU:
    ndim = None

    def forward(self, x):
        global rule
        if x.data.ndim is not ReLU.ndim:
            ReLU.ndim = x.data.ndim
            rule = ReLU.rule = of_vector if x.data.ndim == 1 else of_others
        return Tensor(rule(x.data))

    def __call__(self, x):
        return self.forward(x)
