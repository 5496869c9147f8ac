"""Adds each layer twice."""
# loses: sequential-add sequential-own
# rest: source


class Sequential:
    def add(self, layer):
        self.layers += [layer, layer]
