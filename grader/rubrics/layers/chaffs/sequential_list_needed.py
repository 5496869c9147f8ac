"""Cannot be made without a list."""
# loses: sequential-add sequential-own
# rest: source


class Sequential:
    def __init__(self, layers):
        self.layers = list(layers)
