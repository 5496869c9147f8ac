"""Has no forward."""
# loses: sequential-repeat
# rest: source


class Sequential:
    def forward(self, x):
        raise NotImplementedError

    def __call__(self, x):
        for layer in self.layers:
            x = layer(x)
        return x
