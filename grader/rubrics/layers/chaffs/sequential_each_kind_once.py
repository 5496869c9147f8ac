"""Applies each kind of layer once."""
# loses: sequential-many
# rest: source


class Sequential:
    def forward(self, x):
        done = set()
        for layer in self.layers:
            if type(layer) not in done or type(layer) in (Linear, Sequential):
                done.add(type(layer))
                x = layer(x)
        return x
