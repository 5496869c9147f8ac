"""Gives its first answer for every later input of that shape."""
# loses: linear-repeat linear-live
# rest: source


class Linear:
    def forward(self, x):
        if not hasattr(self, "known"):
            self.known = {}
        if x.shape not in self.known:
            y = x @ self.weight
            self.known[x.shape] = y if self.bias is None else y + self.bias
        return self.known[x.shape]
