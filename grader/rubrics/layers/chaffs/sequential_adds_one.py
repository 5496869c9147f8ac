"""Replaces all by the new layer."""
# loses: sequential-add sequential-own
# rest: source


class Sequential:
    def add(self, layer):
        self.layers = [layer]
