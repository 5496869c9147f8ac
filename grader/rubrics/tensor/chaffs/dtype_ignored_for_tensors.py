"""A Tensor keeps its dtype, whatever is asked for."""
# loses: create-dtype
# rest: source


class Tensor:
    def __init__(self, data, dtype=None):
        if isinstance(data, Tensor):
            self.data = data.data.copy()
            return
        if dtype is None:
            from_numpy = isinstance(data, (np.ndarray, np.generic))
            dtype = np.float64 if from_numpy and data.dtype == np.float64 else np.float32
        self.data = np.array(data, dtype=dtype)
