"""ReLU that answers every call with the first answer."""
# loses: relu-repeat ReLU


class ReLU:
    answer = None

    def forward(self, x):
        if self.answer is None:
            self.answer = Tensor(np.maximum(x.data, 0))
        return self.answer

    def __call__(self, x):
        return self.forward(x)
