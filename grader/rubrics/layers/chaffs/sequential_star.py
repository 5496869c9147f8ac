"""Takes its layers as arguments and not as a list."""
# loses: Sequential
# rest: source


class Sequential:
    def __init__(self, *layers):
        self.layers = list(layers)
