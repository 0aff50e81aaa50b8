"""A network of two layers from scratch: back-propagation written out, every parameter traced."""
