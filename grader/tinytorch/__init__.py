"""TinyTorch's ways: development files in percent format, and packages made of notebooks."""
