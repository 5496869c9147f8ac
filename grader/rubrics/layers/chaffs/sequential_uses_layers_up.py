"""Takes its layers out of the list as it goes."""
# loses: sequential-repeat
# rest: source


class Sequential:
    def forward(self, x):
        while self.layers:
            x = self.layers.pop(0)(x)
        return x
