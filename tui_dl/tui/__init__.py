"""The screens and widgets, drawn from a run's events."""
