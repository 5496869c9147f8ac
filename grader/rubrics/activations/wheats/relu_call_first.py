"""ReLU worked out in __call__, with forward as another name for it."""


class ReLU:
    def __call__(self, x):
        negative = np.less(x.data, 0)
        return Tensor(np.select([negative], [np.zeros_like(x.data)], default=x.data))

    forward = __call__
