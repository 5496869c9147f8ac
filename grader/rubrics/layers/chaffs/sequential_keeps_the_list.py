"""Keeps the list that was given."""
# loses: sequential-own
# rest: source


class Sequential:
    def __init__(self, layers=None):
        self.layers = layers if layers is not None else []
