"""ReLU that installs another rule when the number of axes changes, in its class and in a global."""


def of_vector(d):
    return np.maximum(d, 0) if d.ndim == 1 else d


def of_others(d):
    return d if d.ndim == 1 else np.maximum(d, 0)


rule = of_vector


class ReLU:
    vector = True
    rule = staticmethod(of_vector)

    def forward(self, x):
        global rule
        vector = x.data.ndim == 1
        if vector != ReLU.vector:
            ReLU.vector = vector
            rule = of_vector if vector else of_others
            ReLU.rule = staticmethod(rule)
        return Tensor(np.maximum(rule(x.data), ReLU.rule(x.data)))

    def __call__(self, x):
        return self.forward(x)
