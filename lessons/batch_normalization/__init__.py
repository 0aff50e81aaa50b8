"""Batch normalization: every layer gets numbers of the same size, whatever the weights."""
