"""Leaves integers as they are, and turns only float lists into float32."""
# loses: create-float32 create-errors
# rest: source


class Tensor:
    def __init__(self, data, dtype=None):
        source = data.data if isinstance(data, Tensor) else data
        array = np.array(source)
        if (
            dtype is None
            and array.dtype == np.float64
            and not isinstance(source, (np.ndarray, np.generic))
        ):
            dtype = np.float32
        self.data = array if dtype is None else array.astype(dtype)
