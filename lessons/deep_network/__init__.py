"""A deep network: four hidden layers that read handwritten digits."""
