"""ReLU that notes its calls and changes settings of numpy, which is untidy and harms nobody."""

import warnings

calls = []


class ReLU:
    def forward(self, x):
        calls.append(x.data.shape)
        warnings.simplefilter("ignore")
        np.seterr(all="ignore")
        np.random.seed()
        return Tensor(np.maximum(x.data, 0))

    def __call__(self, x):
        return self.forward(x)
