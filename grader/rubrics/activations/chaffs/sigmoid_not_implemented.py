"""Sigmoid as it is handed out."""
# loses: Sigmoid


class Sigmoid:
    def forward(self, x):
        raise NotImplementedError()

    def __call__(self, x):
        return self.forward(x)
