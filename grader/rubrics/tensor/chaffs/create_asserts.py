"""Raises an AssertionError for what is no table of numbers."""
# loses: create-errors
# rest: source


class Tensor:
    def __init__(self, data, dtype=None):
        if isinstance(data, Tensor):
            data = data.data
        if dtype is None:
            from_numpy = isinstance(data, (np.ndarray, np.generic))
            dtype = np.float64 if from_numpy and data.dtype == np.float64 else np.float32
        try:
            self.data = np.array(data, dtype=dtype)
        except ValueError:
            raise AssertionError("no table of numbers") from None
