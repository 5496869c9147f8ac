"""Makes everything float32 unless asked for float64."""
# loses: create-keeps-dtype arithmetic-dtype number-dtype matmul-dtype reductions-dtype
# rest: source


class Tensor:
    def __init__(self, data, dtype=None):
        data = data.data if isinstance(data, Tensor) else data
        self.data = np.array(data, dtype=np.float32 if dtype is None else dtype)
