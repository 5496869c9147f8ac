"""Finds no parameters."""
# loses: sequential-parameters sequential-nested-parameters sequential-count
# rest: source


class Sequential:
    def parameters(self):
        return []
