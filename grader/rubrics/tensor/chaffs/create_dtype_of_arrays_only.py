"""Takes the dtype that it is asked for only for lists; arrays keep theirs."""
# loses: create-dtype
# rest: source


class Tensor:
    def __init__(self, data, dtype=None):
        if isinstance(data, Tensor):
            data = data.data
        if isinstance(data, (np.ndarray, np.generic)) and data.dtype in (np.float32, np.float64):
            dtype = data.dtype
        self.data = np.array(data, dtype=dtype or np.float32)
