"""Does not know -1."""
# loses: reshape-infers
# rest: source


class Tensor:
    def reshape(self, *shape):
        shape = shape[0] if isinstance(shape[0], tuple) else shape
        if np.prod(shape) != self.size or min(shape) < 0:
            raise ValueError(f"{self.size} elements do not fit into {shape}")
        return Tensor(self.data.reshape(shape))
