"""Adds to an empty model only."""
# loses: sequential-add sequential-own
# rest: source


class Sequential:
    def add(self, layer):
        if not self.layers:
            self.layers.append(layer)
