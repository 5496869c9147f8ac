"""Adds each layer twice."""
# loses: sequential-add
# rest: source


class Sequential:
    def add(self, layer):
        self.layers += [layer, layer]
