"""Dropout: units that are absent at random in training, so that no other can rely on them."""
