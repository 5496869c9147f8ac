"""Copies only where no dtype is asked for."""
# loses: create-copies
# rest: source


class Tensor:
    def __init__(self, data, dtype=None):
        if isinstance(data, Tensor):
            data = data.data
        if dtype is not None:
            self.data = np.asarray(data, dtype)
            return
        from_numpy = isinstance(data, (np.ndarray, np.generic))
        dtype = np.float64 if from_numpy and data.dtype == np.float64 else np.float32
        self.data = np.array(data, dtype=dtype)
