"""Optimizers: from plain gradient descent to Adam, down a valley and on handwritten digits."""
