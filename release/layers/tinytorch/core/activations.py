"""Activation functions: what the Activations module builds, right on every input.

Each is called with a Tensor and returns a new one of the same shape and dtype. They have nothing to
learn, and so no parameters.
"""

import numpy as np

from .tensor import Tensor


class ReLU:
    """The rectified linear unit: f(x) = max(0, x)."""

    def forward(self, x: Tensor) -> Tensor:
        """Turn every negative element into 0 and keep the others."""
        return Tensor(np.maximum(x.data, 0))

    def __call__(self, x: Tensor) -> Tensor:
        """Return self.forward(x)."""
        return self.forward(x)


class Sigmoid:
    """The logistic function: f(x) = 1 / (1 + e^-x)."""

    def forward(self, x: Tensor) -> Tensor:
        """Map every element to a number between 0 and 1."""
        e = np.exp(-np.abs(x.data))
        return Tensor(np.where(x.data >= 0, 1, e) / (1 + e))

    def __call__(self, x: Tensor) -> Tensor:
        """Return self.forward(x)."""
        return self.forward(x)


class Tanh:
    """The hyperbolic tangent: f(x) = (e^x - e^-x) / (e^x + e^-x)."""

    def forward(self, x: Tensor) -> Tensor:
        """Map every element to a number between -1 and 1."""
        return Tensor(np.tanh(x.data))

    def __call__(self, x: Tensor) -> Tensor:
        """Return self.forward(x)."""
        return self.forward(x)


class Softmax:
    """Probabilities along one axis, the last by default: f(x)_i = e^x_i / sum of e^x_j."""

    def __init__(self, dim: int = -1) -> None:
        """Remember the axis that is to sum to 1."""
        self.dim = dim

    def forward(self, x: Tensor) -> Tensor:
        """Turn every slice along the axis self.dim into probabilities that sum to 1."""
        e = np.exp(x.data - x.data.max(axis=self.dim, keepdims=True))
        return Tensor(e / e.sum(axis=self.dim, keepdims=True))

    def __call__(self, x: Tensor) -> Tensor:
        """Return self.forward(x)."""
        return self.forward(x)
