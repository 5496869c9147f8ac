"""Makes everything float64, and ignores dtype."""
# loses: create-float32 create-keeps-dtype create-dtype arithmetic-dtype number-dtype matmul-dtype reductions-dtype
# rest: source


class Tensor:
    def __init__(self, data, dtype=None):
        self.data = np.array(data.data if isinstance(data, Tensor) else data, dtype=np.float64)
