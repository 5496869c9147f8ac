"""Cannot be made of another Tensor."""
# loses: create-tensor
# rest: source


class Tensor:
    def __init__(self, data, dtype=None):
        if isinstance(data, Tensor):
            raise TypeError("already a Tensor")
        if dtype is None:
            from_numpy = isinstance(data, (np.ndarray, np.generic))
            dtype = np.float64 if from_numpy and data.dtype == np.float64 else np.float32
        self.data = np.array(data, dtype=dtype)

    def _operand(self, other):
        if isinstance(other, (int, float)):
            return float(other)
        return other.data if isinstance(other, Tensor) else Tensor(other).data
