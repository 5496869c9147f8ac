"""The bias is never added."""
# loses: linear-vector linear-batch linear-axes Linear
# rest: source


class Linear:
    def forward(self, x):
        return x @ self.weight
