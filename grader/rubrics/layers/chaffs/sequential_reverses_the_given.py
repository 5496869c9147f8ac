"""Turns the list that it was given."""
# loses: sequential-own
# rest: source


class Sequential:
    def __init__(self, layers=None):
        given = [] if layers is None else layers
        given.reverse()
        self.layers = given[::-1]
