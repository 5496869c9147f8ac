"""The matrix product as an Einstein sum."""
# rest: source


class Tensor:
    def __matmul__(self, other):
        x, y = self.data, other.data
        left = "k" if x.ndim == 1 else "...ik"
        right = "k" if y.ndim == 1 else "...kj"
        out = "..." + "i" * (x.ndim > 1) + "j" * (y.ndim > 1)
        if x.ndim == 1 and y.ndim == 1:
            out = ""
        if x.shape[-1:] != y.shape[-2:][:1]:
            raise ValueError(f"cannot multiply {x.shape} by {y.shape}")
        return Tensor(np.einsum(f"{left},{right}->{out}", x, y))
