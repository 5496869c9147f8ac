"""Gives single numbers the shape (1,)."""
# loses: create-number create-attributes broadcasts matmul-vectors matmul-errors sum mean max reductions
# rest: source


class Tensor:
    def __init__(self, data, dtype=None):
        if isinstance(data, Tensor):
            data = data.data
        if dtype is None:
            from_numpy = isinstance(data, (np.ndarray, np.generic))
            dtype = np.float64 if from_numpy and data.dtype == np.float64 else np.float32
        self.data = np.atleast_1d(np.array(data, dtype=dtype))
