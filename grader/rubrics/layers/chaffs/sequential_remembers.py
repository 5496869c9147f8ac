"""Gives its first answer again."""
# loses: sequential-repeat
# rest: source


class Sequential:
    def forward(self, x):
        if not hasattr(self, "known"):
            for layer in self.layers:
                x = layer(x)
            self.known = x
        return self.known
