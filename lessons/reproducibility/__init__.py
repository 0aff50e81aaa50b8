"""Reproducibility: what chance decides in a training, and how seeds pin it down."""
