"""Empties the list that was given."""
# loses: sequential-own
# rest: source


class Sequential:
    def __init__(self, layers=None):
        self.layers = []
        while layers:
            self.layers.append(layers.pop(0))
