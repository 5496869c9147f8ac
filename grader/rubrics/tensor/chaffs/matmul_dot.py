"""Uses np.dot, which is another product for batches and takes single numbers."""
# loses: matmul-batches matmul-errors
# rest: source


class Tensor:
    def __matmul__(self, other):
        return Tensor(np.dot(self.data, other.data))
