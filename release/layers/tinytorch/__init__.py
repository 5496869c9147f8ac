"""TinyTorch: a small deep learning library that you build yourself."""
