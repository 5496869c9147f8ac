"""Prints a complaint and gives None."""
# loses: linear-mismatch
# rest: source


class Linear:
    def forward(self, x):
        if x.shape[-1] != self.weight.shape[0]:
            print("wrong size")
            return None
        y = x @ self.weight
        return y if self.bias is None else y + self.bias
