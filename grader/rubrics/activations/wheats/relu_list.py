"""ReLU by a list comprehension, with the shape and the dtype put back."""


class ReLU:
    def forward(self, x):
        values = [0.0 if value < 0 else value for value in x.data.ravel().tolist()]
        return Tensor(np.array(values).astype(x.data.dtype).reshape(x.data.shape))

    def __call__(self, x):
        return self.forward(x)
