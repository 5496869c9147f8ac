"""Puts a new layer before the last."""
# loses: sequential-add sequential-own
# rest: source


class Sequential:
    def add(self, layer):
        self.layers.insert(-1, layer)
