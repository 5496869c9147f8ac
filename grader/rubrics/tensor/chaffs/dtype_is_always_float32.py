"""Says float32 whatever it holds."""
# loses: create-attributes
# rest: source


class Tensor:
    @property
    def dtype(self):
        return np.dtype(np.float32)
