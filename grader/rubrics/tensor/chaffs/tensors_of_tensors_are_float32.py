"""Decides the dtype before it looks into a Tensor: float64 Tensors lose their digits as operands."""
# loses: create-keeps-dtype arithmetic-dtype matmul-dtype
# rest: source


class Tensor:
    def __init__(self, data, dtype=None):
        if dtype is None:
            from_numpy = isinstance(data, (np.ndarray, np.generic))
            dtype = np.float64 if from_numpy and data.dtype == np.float64 else np.float32
        if isinstance(data, Tensor):
            data = data.data
        self.data = np.array(data, dtype=dtype)
