"""Keeps the array that it is given."""
# loses: create-copies
# rest: source


class Tensor:
    def __init__(self, data, dtype=None):
        if isinstance(data, Tensor):
            data = data.data
        if dtype is None:
            from_numpy = isinstance(data, (np.ndarray, np.generic))
            dtype = np.float64 if from_numpy and data.dtype == np.float64 else np.float32
        self.data = np.asarray(data, dtype=dtype)
