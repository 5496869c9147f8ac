"""Replaces all by the new layer."""
# loses: sequential-add
# rest: source


class Sequential:
    def add(self, layer):
        self.layers = [layer]
