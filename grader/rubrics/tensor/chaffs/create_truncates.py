"""Cuts the numbers of lists to whole numbers."""
# loses: create-list create-float32 create-errors create-dtype arrays-and-lists
# rest: source


class Tensor:
    def __init__(self, data, dtype=None):
        if isinstance(data, Tensor):
            data = data.data
        if dtype is None:
            from_numpy = isinstance(data, (np.ndarray, np.generic))
            dtype = np.float64 if from_numpy and data.dtype == np.float64 else np.float32
        if isinstance(data, list):
            data = np.array(data, dtype=int)
        self.data = np.array(data, dtype=dtype)
