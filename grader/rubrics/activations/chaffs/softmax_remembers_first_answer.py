"""Softmax that answers every call with the first answer of all."""
# loses: Softmax

answers = []


class Softmax:
    def __init__(self, dim=-1):
        self.dim = dim

    def forward(self, x):
        if not answers:
            e = np.exp(x.data - x.data.max(axis=self.dim, keepdims=True))
            answers.append(e / e.sum(axis=self.dim, keepdims=True))
        return Tensor(answers[0])

    def __call__(self, x):
        return self.forward(x)
