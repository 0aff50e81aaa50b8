"""How the gradient fades, or does not, on its way back through a deep network."""
