"""Makes a float32 Tensor of a float64 sum of everything."""
# loses: reductions-dtype
# rest: source


class Tensor:
    def sum(self, axis=None, keepdims=False):
        total = self.data.sum(axis=axis, keepdims=keepdims)
        return Tensor(total if isinstance(total, np.ndarray) else float(total))
