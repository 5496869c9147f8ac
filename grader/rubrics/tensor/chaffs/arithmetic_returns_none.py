"""Prints a message and gives None where shapes do not fit."""
# loses: arithmetic-errors
# rest: source


class Tensor:
    def __add__(self, other):
        try:
            return Tensor(self.data + self._operand(other))
        except ValueError:
            print("shapes do not match")
