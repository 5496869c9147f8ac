"""Fills rows that are too short with zeros."""
# loses: create-errors
# rest: source


class Tensor:
    def __init__(self, data, dtype=None):
        if isinstance(data, Tensor):
            data = data.data
        if isinstance(data, list) and data and all(isinstance(row, list) for row in data):
            if not any(isinstance(item, list) for row in data for item in row):
                longest = max(map(len, data))
                data = [row + [0] * (longest - len(row)) for row in data]
        if dtype is None:
            from_numpy = isinstance(data, (np.ndarray, np.generic))
            dtype = np.float64 if from_numpy and data.dtype == np.float64 else np.float32
        self.data = np.array(data, dtype=dtype)
