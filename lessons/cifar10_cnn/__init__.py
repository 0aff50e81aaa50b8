"""Convolution on small colour photographs, or on coloured shapes in their place."""
