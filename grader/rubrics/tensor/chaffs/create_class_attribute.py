"""Keeps its numbers in the class, so that all Tensors are the last one."""
# loses: create-copies addition subtraction multiplication division arithmetic array-arithmetic matmul
# rest: source


class Tensor:
    def __init__(self, data, dtype=None):
        if isinstance(data, Tensor):
            data = data.data
        if dtype is None:
            from_numpy = isinstance(data, (np.ndarray, np.generic))
            dtype = np.float64 if from_numpy and data.dtype == np.float64 else np.float32
        Tensor.data = np.array(data, dtype=dtype)
