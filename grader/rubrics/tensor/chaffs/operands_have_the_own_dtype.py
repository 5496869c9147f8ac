"""Arrays take on the dtype of the Tensor."""
# loses: arithmetic-dtype
# rest: source


class Tensor:
    def _operand(self, other):
        if isinstance(other, Tensor):
            return other.data
        return np.asarray(other, dtype=self.dtype)
