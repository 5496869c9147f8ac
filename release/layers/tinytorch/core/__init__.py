"""The core of TinyTorch: tensors, and what is built on them."""
