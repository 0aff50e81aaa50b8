"""Convolution on handwritten digits: filters, feature maps, pooling."""
