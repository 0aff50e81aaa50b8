"""Learning by heart, how validation shows it, and what stops it."""
