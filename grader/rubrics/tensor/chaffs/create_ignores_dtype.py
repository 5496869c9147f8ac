"""Ignores the dtype that it is asked for."""
# loses: create-dtype
# rest: source


class Tensor:
    def __init__(self, data, dtype=None):
        if isinstance(data, Tensor):
            data = data.data
        from_numpy = isinstance(data, (np.ndarray, np.generic))
        dtype = np.float64 if from_numpy and data.dtype == np.float64 else np.float32
        self.data = np.array(data, dtype=dtype)
