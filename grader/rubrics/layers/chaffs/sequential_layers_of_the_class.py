"""Keeps its layers in the class."""
# loses: Sequential
# rest: source


class Sequential:
    layers = []

    def __init__(self, layers=None):
        self.layers.extend(layers or [])
