"""Applies two layers, no more and no less."""
# loses: sequential-many sequential-nested
# rest: source


class Sequential:
    def forward(self, x):
        return self.layers[1](self.layers[0](x))
