"""Leaves the dtype to NumPy: lists become float64 or integers."""
# loses: create-float32 create-errors
# rest: source


class Tensor:
    def __init__(self, data, dtype=None):
        self.data = np.array(data.data if isinstance(data, Tensor) else data, dtype=dtype)
