"""The default list is made once, for all."""
# loses: sequential-own sequential-add
# rest: source


class Sequential:
    def __init__(self, layers=[]):
        self.layers = layers
