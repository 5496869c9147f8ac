"""Lists None for a layer without a bias."""
# loses: sequential-parameters
# rest: source


class Sequential:
    def parameters(self):
        found = []
        for layer in self.layers:
            if isinstance(layer, Sequential):
                found += layer.parameters()
            elif hasattr(layer, "weight"):
                found += [layer.weight, layer.bias]
        return found
