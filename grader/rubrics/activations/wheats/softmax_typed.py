"""Softmax with type hints and keyword-only steps."""


class Softmax:
    def __init__(self, dim: int = -1) -> None:
        self.dim: int = dim

    def _exponentials(self, x: "Tensor") -> "np.ndarray":
        top = x.data.max(axis=self.dim, keepdims=True)
        return np.exp(x.data - top)

    def forward(self, x: "Tensor") -> "Tensor":
        e = self._exponentials(x)
        return Tensor(e / e.sum(axis=self.dim, keepdims=True))

    def __call__(self, x: "Tensor") -> "Tensor":
        return self.forward(x)
