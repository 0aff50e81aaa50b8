"""First weights: the spread that lets signals through a deep network unharmed."""
