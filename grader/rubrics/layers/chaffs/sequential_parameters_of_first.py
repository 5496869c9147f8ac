"""Gives those of the first layer."""
# loses: sequential-parameters sequential-nested-parameters sequential-count
# rest: source


class Sequential:
    def parameters(self):
        return self.layers[0].parameters() if hasattr(self.layers[0], "parameters") else []
