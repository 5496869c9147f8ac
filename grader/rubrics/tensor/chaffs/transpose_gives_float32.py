"""Makes a float32 Tensor of a transposed one."""
# loses: arithmetic-dtype
# rest: source


class Tensor:
    def transpose(self, *axes):
        return Tensor(self.data.transpose(*axes).tolist())
