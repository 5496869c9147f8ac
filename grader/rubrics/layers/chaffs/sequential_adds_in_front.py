"""Puts a new layer in front."""
# loses: sequential-add sequential-own
# rest: source


class Sequential:
    def add(self, layer):
        self.layers.insert(0, layer)
