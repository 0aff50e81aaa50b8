"""The lstm lesson."""
