"""Remembers Tensors by shape, and gives the same numbers again."""
# loses: creation addition subtraction multiplication division arithmetic array-arithmetic matmul reshape transpose sum mean max reductions
# rest: source


class Tensor:
    _known = {}

    def __init__(self, data, dtype=None):
        if isinstance(data, Tensor):
            data = data.data
        if dtype is None:
            from_numpy = isinstance(data, (np.ndarray, np.generic))
            dtype = np.float64 if from_numpy and data.dtype == np.float64 else np.float32
        array = np.array(data, dtype=dtype)
        self.data = Tensor._known.setdefault((array.shape, str(dtype)), array)
