"""Gives a longer model, and stays as it is."""
# loses: sequential-add sequential-own
# rest: source


class Sequential:
    def add(self, layer):
        return Sequential([*self.layers, layer])
